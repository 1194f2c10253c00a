"""What two commits differ in, as far as a page shows it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from rehearsal.github.git.git_repository import GitRepository
from rehearsal.github.pages.markup import diff_lines
from rehearsal.github.repositories.comparison import FileChange, changed_files, patches

_MOST_FILES = 300  # as in GitHub's comparisons
_MOST_LINES = 3000


@dataclass(frozen=True, slots=True)
class FileDiff:
    """A changed file; `note` says why it has no lines."""

    change: FileChange
    lines: list[Markup] = field(default_factory=list)
    note: str = ""


def show_diff(git: GitRepository, old: str, new: str) -> dict[str, Any]:
    """The files that differ, and of so many as a page can hold the lines."""
    found = changed_files(git, old, new)
    shown = found[:_MOST_FILES]
    fitting = list(_fitting(shown))
    paths = [path for one in fitting for path in (one.previous, one.path) if path]
    texts = patches(git, old, new, paths)
    return {
        "files": [_file(change, texts.get(change.path)) for change in shown],
        "file_count": len(found),
        "additions": sum(change.additions for change in found),
        "deletions": sum(change.deletions for change in found),
    }


def _fitting(changes: list[FileChange]) -> Iterator[FileChange]:
    room = _MOST_LINES
    for change in changes:
        size = change.additions + change.deletions
        if size <= room:
            room -= size
            yield change


def _file(change: FileChange, patch: bytes | None) -> FileDiff:
    if patch is None:
        return FileDiff(change, note="Too many lines changed to be shown here; a clone has them.")
    begin = patch.find(b"\n@@ ")
    if begin >= 0:
        return FileDiff(change, diff_lines(patch[begin + 1 :].decode("utf-8", "replace")))
    is_binary = b"\nBinary files " in patch
    note = "It is not text." if is_binary else "Its lines did not change."
    return FileDiff(change, note=note)
