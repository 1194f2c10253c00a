"""The life of a project as a row of boxes, from commit to endpoint."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.asking.names import ProjectNames
from console.asking.stages import Served
from console.asking.versions import Version
from console.words.gates import who_opens
from console.words.states import (
    APPROVED,
    ASKED,
    BAD,
    GOOD,
    NOTHING,
    RUNNING,
    WAITING,
    in_words,
    state_of,
)

_COMMIT_DIGITS = 7


@dataclass(frozen=True)
class Box:
    """One box.

    Args:
        name: what it stands for.
        state: one of the five.
        text: what is the case.
        address: what is behind it; empty if nothing can be shown.
    """

    name: str
    state: str
    text: str
    address: str = ""


def boxes_of(
    project: ProjectNames, stages: Sequence[Served], answers: Mapping[str, Any]
) -> list[Box]:
    """Draw what is known now.

    Args:
        project: whose.
        stages: in order.
        answers: those of the questions runs, execution and versions, None where there is none.
    """
    here = project.page
    versions: Sequence[Version] = answers["versions"] or ()
    newest = versions[0] if versions else None
    return [
        *_build(answers["runs"]),
        _pipeline(here, answers["execution"]),
        _version(here, newest),
        *(box for stage in stages for box in _stage(here, stage, newest)),
    ]


def _build(runs: Any) -> Iterator[Box]:
    if runs is None:
        return
    newest = runs.build[0] if runs.build else None
    if newest is None:
        yield Box("Build", NOTHING, "no run yet", runs.build_url)
        return
    commit = newest.commit[:_COMMIT_DIGITS]
    yield Box("Commit", GOOD, commit, f"{runs.build_url}/commit/{newest.commit}")
    yield Box("Build", state_of(newest.state), in_words(newest.state), newest.url)


def _pipeline(here: str, execution: Any) -> Box:
    if execution is None:
        return Box("Pipeline", NOTHING, "no execution known")
    running = [step.name for step in execution.steps if state_of(step.status) == RUNNING]
    text = ", ".join(running) or in_words(execution.status)
    return Box("Pipeline", state_of(execution.status), text, f"{here}#pipeline")


def _version(here: str, newest: Version | None) -> Box:
    if newest is None:
        return Box("Version", NOTHING, "none known")
    state = state_of(newest.approval)
    return Box(f"Version {newest.number}", state, newest.metric, f"{here}/versions/{newest.number}")


def _stage(here: str, served: Served, newest: Version | None) -> Iterator[Box]:
    stage = served.stage
    address = f"{here}/stages/{stage.name}"
    if served.approval:
        yield Box(
            f"Gate of {stage.name}", _gate(served, newest), who_opens(served.approval), address
        )
    if stage.under_way:
        yield Box(stage.name, RUNNING, f"version {stage.under_way} on its way", address)
    elif stage.attention or stage.is_unknown:
        yield Box(stage.name, BAD, "needs somebody", address)
    elif stage.version:
        yield Box(stage.name, GOOD, f"serves version {stage.version}", address)
    else:
        text = "not known" if served.is_told_by_registry else "serves nothing"
        yield Box(stage.name, NOTHING, text, address)


def _gate(served: Served, newest: Version | None) -> str:
    """Whether the newest version has passed, is held up, or never came so far."""
    if newest is None or newest.approval != APPROVED:
        return NOTHING
    if str(newest.number) in (served.stage.version, served.stage.under_way):
        return GOOD
    life_cycle = newest.package.get("ModelLifeCycle") or {}
    is_asked = life_cycle.get("Stage") == served.stage.name
    return WAITING if is_asked and life_cycle.get("StageStatus") == ASKED else NOTHING
