"""What one branch has that another has not.

Imitated: https://docs.github.com/en/rest/commits/commits#compare-two-commits (three dots: files
are compared with the common ancestor).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.git.git_objects import Commit
from rehearsal.github.git.git_repository import GitError, GitRepository
from rehearsal.github.repositories.git_data import find_commit

_SECTION = re.compile(rb"^diff --git .*\n", re.MULTILINE)
_STATUS = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "T": "changed"}


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file; ``previous`` is its old path if it was renamed."""

    path: str
    status: str
    sha: str
    additions: int
    deletions: int
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two commits and their common ancestor; ``ahead`` holds ids, oldest first."""

    base: Commit
    head: Commit
    merge_base: Commit
    ahead: tuple[str, ...]
    behind: int

    @property
    def status(self) -> str:
        """``identical``, ``ahead``, ``behind`` or ``diverged``, seen from the base."""
        if self.ahead and self.behind:
            return "diverged"
        if self.ahead:
            return "ahead"
        return "behind" if self.behind else "identical"


def compare(git: GitRepository, base: str, head: str) -> Comparison:
    """Compare two branches, tags or commits.

    Raises:
        NotFoundError: one does not exist, or they have no common ancestor.
    """
    old, new = find_commit(git, base), find_commit(git, head)
    ancestor = merge_base(git, old.sha, new.sha)
    if ancestor is None:
        raise NotFoundError(f"No common ancestor between {base} and {head}.")
    counts = git.run("rev-list", "--left-right", "--count", f"{old.sha}...{new.sha}").split()
    ahead = git.run("rev-list", "--topo-order", "--reverse", f"{old.sha}..{new.sha}")
    return Comparison(
        base=old,
        head=new,
        merge_base=find_commit(git, ancestor),
        ahead=tuple(ahead.decode().split()),
        behind=int(counts[0]),
    )


def merge_base(git: GitRepository, old: str, new: str) -> str | None:
    """The best common ancestor of two commits."""
    try:
        return git.run("merge-base", old, new).decode().strip()
    except GitError:
        return None


def changed_files(
    git: GitRepository, old: str, new: str, paths: Iterable[str] = ()
) -> list[FileChange]:
    """Files that differ between two commits, renames found as GitHub finds them.

    ``paths`` are the only ones to be looked at; without any, all are.
    """
    flags = ("--raw", "--numstat", "--no-abbrev", "-r", "-z", "-M")
    output = git.run("--literal-pathspecs", "diff-tree", *flags, old, new, "--", *paths)
    fields = iter(output.decode("utf-8", "surrogateescape").split("\0")[:-1])
    changes: dict[str, FileChange] = {}
    for record in fields:
        if record.startswith(":"):
            _, _, before, after, letter = record.split(" ")
            path, previous = next(fields), None
            if letter[0] == "R":
                path, previous = next(fields), path
            sha = before if letter == "D" else after
            changes[path] = FileChange(path, _STATUS[letter[0]], sha, 0, 0, previous)
            continue
        added, removed, path = record.split("\t")
        if not path:
            next(fields)  # a rename: the old path, then the new one
            path = next(fields)
        if added != "-":  # a binary file has no lines
            counted = replace(changes[path], additions=int(added), deletions=int(removed))
            changes[path] = counted
    return list(changes.values())


def patches(git: GitRepository, old: str, new: str, paths: Iterable[str]) -> dict[str, bytes]:
    """What changed in some of the files that differ, by path, as git writes it."""
    wanted = tuple(paths)
    if not wanted:
        return {}
    output = git.run("--literal-pathspecs", "diff-tree", "-p", "-r", "-M", old, new, "--", *wanted)
    sections = iter(_SECTION.split(output)[1:])
    # In git's order, which is the same for both; a new kind of file is one removed and one added.
    return {
        change.path: b"".join(next(sections, b"") for _ in range(1 + (change.status == "changed")))
        for change in changed_files(git, old, new, wanted)
    }
