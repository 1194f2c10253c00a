"""What stops a page: one sentence with its cause and its remedy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Absent:
    """What an address names, and what is not there.

    Args:
        sentence: says so, and why that may be.
        address: of the page to go on from.
        name: of that page.
        is_project: whether it is a whole project, so that nothing else of it is there either.
    """

    sentence: str
    address: str = "/"
    name: str = "the projects"
    is_project: bool = False


class NoPageError(Exception):
    """There is no such page.

    Attributes:
        absent: what there is instead.
    """

    def __init__(self, absent: Absent) -> None:
        super().__init__(absent.sentence)
        self.absent = absent


class RecordRefusedError(Exception):
    """A record is not sent to an endpoint; the message says why, and what to do."""
