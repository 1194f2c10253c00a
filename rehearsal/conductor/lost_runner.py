"""A machine that runs jobs, and fails as hardware does: all at once, and without a word.

Nobody asks it to stop: act, the step that it runs and what that started end by SIGKILL, so that no
condition is evaluated and no later step runs. GitHub sees the connection break.
"""

import contextlib

import psutil

from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.world import World
from rehearsal.processes import descendants

# Every process of a job inherits it, as with GitHub's own runner.
_MARKER = "RUNNER_TRACKING_ID"


def lose_runner(world: World) -> None:
    """End everything that runs on the machine at this moment.

    Raises:
        RehearsalError: no job runs.
    """
    server = world.github_server.find()
    machine = [each for each in descendants(server.pid) if _is_of_a_job(each)] if server else []
    if not machine:
        raise RehearsalError("No job runs on the local GitHub, so that no machine can be lost.")
    # Frozen first: nothing of it sees the rest end.
    for process in machine:
        with contextlib.suppress(psutil.Error):
            process.suspend()
    for process in machine:
        with contextlib.suppress(psutil.Error):
            process.kill()


def _is_of_a_job(process: psutil.Process) -> bool:
    try:
        return _MARKER in process.environ()
    except psutil.Error:
        return False
