"""One small fault, and how it gets into a copy of the tree."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class MutationError(Exception):
    """What the tool refuses; one sentence for whoever typed the command."""


class Mutant(Protocol):
    """One change of one place."""

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that stay as long as the changed code does."""

    @property
    def file(self) -> str:
        """Path below the root of the file that is blamed for it."""

    @property
    def place(self) -> str:
        """Where it is, for people: a function, or a resource and its policy."""

    @property
    def change(self) -> str:
        """What becomes what, for people, on one line."""

    def differs(self, root: Path) -> bool:
        """Whether it changes what the file means, and leaves a file that can be read."""

    def put_into(self, root: Path) -> None:
        """Change the files of a copy of the tree.

        Raises:
            MutationError: the files are not those that it was collected from.
        """


def id_of(*parts: str) -> str:
    """A mutant's id from what does not change when other code does."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Replacement:
    """A span of a file that becomes another text.

    Attributes:
        start: offset in bytes, as UTF-8.
        before: the text that must stand there.
        after: the text that stands there then.
    """

    start: int
    before: str
    after: str

    def apply(self, text: str) -> str:
        """The file's text with the replacement made.

        Raises:
            MutationError: another text stands there.
        """
        content, before = text.encode(), self.before.encode()
        end = self.start + len(before)
        if content[self.start : end] != before:
            raise MutationError(
                f"{self.before!r} is not at byte {self.start} any more; collect the mutants again."
            )
        return (content[: self.start] + self.after.encode() + content[end:]).decode()
