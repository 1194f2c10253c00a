"""What the conductor refuses or cannot do."""

from pathlib import Path

from rehearsal.conductor.waiting import Stillness


class RehearsalError(Exception):
    """A sentence for the person at the keyboard: the thing and its remedy.

    Args:
        message: one sentence.
        log: the full log of what failed; its last lines are printed.
    """

    def __init__(self, message: str, *, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log


class DatasetError(RehearsalError):
    """The data file cannot be trained on; correct the named row and column."""


class ImageError(RehearsalError):
    """No environment stands for an image; make one."""


class WorldRunningError(RehearsalError):
    """A rehearsal is running in this folder; end it first."""


class WorldNotRunningError(RehearsalError):
    """No rehearsal is running in this folder; start one."""


class OtherVersionError(RehearsalError):
    """The state was made by another version of this project; remove it."""


class PortInUseError(RehearsalError):
    """Another process listens on a port that this rehearsal needs."""


class TookTooLongError(RehearsalError):
    """Something waited for did not come about in its time."""


class StoodStillError(RehearsalError):
    """Nothing moves any more of what is waited for; its server's log tells why."""

    def __init__(self, what: str, stillness: Stillness, *, log: Path) -> None:
        at = f" at {stillness.step}" if stillness.step else ""
        super().__init__(
            f"{what} stood still for {stillness.seconds:.0f} s{at}; see why with "
            f'`make rehearse ARGS="logs {log.stem}"`.',
            log=log,
        )
