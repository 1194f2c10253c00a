"""Takes back runs that are not wanted any more and have not begun."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy_dispatch.project import Project
from deploy_dispatch.stage_record import CANCELLED, RunEnd, UnderWay
from deploy_dispatch.workflow_runs import cancel_run, find_run, has_begun, place_of
from github_client.api import GitHubApi
from invocation.deadline import Deadline

# As GitHub calls what waits: for a runner, for another run, or for people.
_WAITING = frozenset({"queued", "pending", "waiting", "requested"})
# A run shows in GitHub's list only some seconds after its start, and takes some to be cancelled.
_WITHIN_SECONDS = 20.0
_LOOK_EVERY_SECONDS = 2.0


@dataclass(frozen=True)
class Withdrawal:
    """Cancels runs of one project.

    Args:
        api: GitHub.
        project: where the runs are.
        deadline: of this invocation.
    """

    api: GitHubApi
    project: Project
    deadline: Deadline

    def of(self, under_way: UnderWay) -> RunEnd | None:
        """Cancel the run of an order; None if it has begun, or does not show yet."""
        run = self._await(under_way, bool)
        if run is None or run["status"] not in _WAITING:
            return None
        cancel_run(self.api, self.project, run)
        ended = self._await(under_way, lambda run: bool(run["status"] == "completed"))
        if ended is None or ended["id"] != run["id"] or has_begun(self.api, self.project, ended):
            return None
        return RunEnd(
            order=under_way.order,
            since=under_way.since,
            outcome=CANCELLED,
            serves=None,
            place=place_of(ended),
            run_id=ended["id"],
            moment="",
            is_untouched=True,
            is_dropped=True,
        )

    def _await(
        self, under_way: UnderWay, is_enough: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any] | None:
        """Look until the run is as it has to become; None if it does not in time."""
        deadline = self.deadline
        until = deadline.clock() + min(_WITHIN_SECONDS, deadline.remaining_seconds())
        while True:
            run = find_run(self.api, self.project, under_way)
            if run is not None and is_enough(run):
                return run
            if deadline.clock() + _LOOK_EVERY_SECONDS > until:
                return None
            deadline.sleep(_LOOK_EVERY_SECONDS)
