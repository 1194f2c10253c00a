"""What people do: in the registry, on GitHub, and to the list of stages."""

from collections.abc import Sequence
from typing import Any

from rehearsal.github.core import resources
from tests.rehearsed.functions.deploy_dispatch.forgery import carried
from tests.rehearsed.functions.deploy_dispatch.played_project import PlayedProject, named
from tests.rehearsed.functions.deploy_dispatch.played_runs import ENDED, KILLED, RUNNING, PlayedRun
from tests.rehearsed.functions.deploy_dispatch.world import PIPELINE, REPOSITORY, identity

_THIRTY_DAYS = 30 * 86_400.0


class PeopleSteps:
    """Steps of people in a project; each `place` chooses among what is there."""

    def __init__(self, project: PlayedProject) -> None:
        self._in = project
        self._world = project.world

    def register(self, *, is_forged: bool, by: str) -> None:
        """A new version is registered and approved, whatever it says of itself."""
        arn = self._world.new_version()
        if is_forged:
            self._world.aws.annotations[arn] = carried()
        self._in.versions.append(arn)
        self._in.approve(arn, "Approved", by)

    def decide(self, *, place: int, statuses: Sequence[str], by: str) -> None:
        """A person decides within milliseconds, several times maybe."""
        arn = self._version(place)
        if arn:
            for status in statuses:
                self._in.approve(arn, status, by)

    def approve_as_role(self, *, place: int) -> None:
        """A role of the project approves, which no policy allows."""
        arn = self._version(place)
        if arn and not self._in.is_approved(arn):
            self._in.approve(arn, "Approved", PIPELINE)

    def open_gate(self, *, place: int, stage: str, by: str) -> None:
        """A person sets a stage to Approved in the registry."""
        arn = self._version(place)
        if not arn:
            return
        cycle = {"Stage": stage, "StageStatus": "Approved"}
        self._world.aws.annotations.setdefault(arn, {})["ModelLifeCycle"] = cycle
        self._world.aws.editors[arn] = identity(by)
        self._in.people.opened.setdefault((arn, stage), set()).add(named(by))
        self._in.people.changed.setdefault(arn, set()).add(named(by))
        self._in.send(self._world.event(arn, UpdatedModelPackageFields=["ModelLifeCycle"]))

    def open_asked_gate(self, *, place: int, by: str) -> None:
        """A person opens a stage that people were asked to open."""
        asked = [arn for arn in self._in.versions if self._in.decisions(arn).gate]
        if asked:
            arn = asked[-1 - place % len(asked)]
            number = len(self._in.versions) - 1 - self._in.versions.index(arn)
            self.open_gate(place=number, stage=self._in.decisions(arn).gate, by=by)

    def reject_live(self, *, place: int, by: str) -> None:
        """A person rejects what a stage serves."""
        served = [stage.serves for stage in self._in.runs.stages.values()]
        live = [arn for arn in served if arn in self._in.versions and self._in.is_approved(arn)]
        if live:
            self._in.approve(live[place % len(live)], "Rejected", by)

    def delete_version(self, *, place: int) -> None:
        """A version is deleted, live or not."""
        arn = self._version(place)
        if arn:
            event = self._world.event(arn)
            del self._world.aws.versions[arn]
            self._in.versions.remove(arn)
            self._in.send(event)

    def list_stages(self, *, listed: dict[str, str]) -> None:
        """The list of stages changes."""
        self._in.list_stages(listed)

    def deploy_by_hand(self, *, place: int, stage: str, is_named: bool) -> None:
        """A person starts a deployment, maybe of an older version."""
        arn = self._version(place)
        if arn:
            named = {"model_package_arn": arn} if is_named else {}
            self._dispatch("deploy.yml", stage=stage, **named)

    def remove_by_hand(self, *, stage: str) -> None:
        """A person removes an endpoint."""
        self._dispatch("destroy.yml", stage=stage)

    def look_by_hand(self, *, stage: str) -> None:
        """A person has the function told what a stage serves."""
        self._dispatch("destroy.yml", stage=stage, only_look=True)

    def cancel(self, *, place: int) -> None:
        """A person cancels a run that has not begun; one that has is ended elsewhere."""
        run = self._one([run for run in self._in.runs.active() if run.state != RUNNING], place)
        if run is not None:
            path = f"/repos/{REPOSITORY}/actions/runs/{run.id}/cancel"
            self._on_github("POST", path)

    def run_again(self, *, place: int) -> None:
        """A person re-runs what has ended."""
        run = self._one(self._ended(), place)
        if run is not None:
            path = f"/repos/{REPOSITORY}/actions/runs/{run.id}/rerun"
            self._on_github("POST", path)

    def delete_run(self, *, place: int) -> None:
        """A person deletes a run that the function is told of otherwise."""
        reported = {sent.event["detail"].get("runUrl") for sent in self._in.events}
        known = [
            run
            for run in self._ended()
            if run.reported.get("runUrl") not in reported or run.is_ordered
        ]
        run = self._one(known, place)
        if run is not None and (run.reported or run.fate != KILLED or run.is_ordered):
            self._in.runs.delete(run)

    def _ended(self) -> list[PlayedRun]:
        """Runs whose last attempt has ended and may be run again."""
        store = self._world.github.github.store
        records = {run.id: run for run in store.select(resources.Run)}
        return [
            run
            for run in self._in.runs.attempts
            if run.state == ENDED
            and run.id in records
            and records[run.id].attempt == run.attempt
            and records[run.id].conclusion != "startup_failure"
            and self._in.now - run.joined_at < _THIRTY_DAYS
        ]

    def _dispatch(self, workflow: str, **inputs: Any) -> None:
        path = f"/repos/{REPOSITORY}/actions/workflows/{workflow}/dispatches"
        self._on_github("POST", path, {"ref": "main", "inputs": inputs})

    def _on_github(self, method: str, path: str, body: Any = None) -> None:
        """Ask GitHub as a person, not within the same second as something else.

        Until GitHub lists a run, nobody can leave a stage to it; that is left as it is.
        """
        self._world.github.clock.advance(1)
        self._in.by_person(lambda: self._world.github.rest(method, path, body))
        self._world.github.clock.advance(self._world.listing_delay + 1)

    def _version(self, place: int) -> str:
        """Of the newest versions first."""
        versions = self._in.versions
        return versions[-1 - place % len(versions)] if versions else ""

    def _one(self, runs: list[PlayedRun], place: int) -> PlayedRun | None:
        return runs[-1 - place % len(runs)] if runs else None
