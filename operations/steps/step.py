"""One part of a registration, which is left out where it is done already."""

from typing import Protocol


class Step(Protocol):
    """Looks first, then does what is missing; both may be done again at any time."""

    @property
    def title(self) -> str:
        """What it brings about, in a few words."""

    def look(self) -> str:
        """What it would do, in one line; empty if there is nothing to do.

        Raises:
            OperationError: it cannot be done as things are; the sentence says what to change.
        """

    def do(self) -> None:
        """Do it.

        Raises:
            OperationError: it was not done to its end; the next start goes on there.
        """
