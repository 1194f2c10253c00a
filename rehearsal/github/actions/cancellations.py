"""Runs that somebody asks to end.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation
"""

from rehearsal.github.actions.run_records import CANCELLED, end_run
from rehearsal.github.core.errors import ConflictError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Run


def cancel(github: LocalGitHub, run: Run) -> None:
    """Ask for the end of a run; one that has not begun ends without any step.

    The runner ends what it has taken. Where there is none, nobody else would end what waits.

    Raises:
        ConflictError: it has ended already.
    """
    if run.status == "completed":
        raise ConflictError("Cannot cancel a workflow run that is completed.")
    for listener in github.cancel_listeners:
        listener(run.id)
    if not github.cancel_listeners and run.status != "in_progress":
        end_run(github, run, "cancelled", CANCELLED)
