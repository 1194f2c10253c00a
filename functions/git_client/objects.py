"""Git's objects as bytes, and their ids.

Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

FILE_MODE = "100644"
EXECUTABLE_MODE = "100755"
FOLDER_MODE = "40000"


@dataclass(frozen=True)
class GitObject:
    """A blob, a tree or a commit; `id` is what git calls it."""

    kind: Literal["commit", "tree", "blob"]
    data: bytes

    @cached_property
    def id(self) -> str:
        """Return the SHA-1 that names the object."""
        header = f"{self.kind} {len(self.data)}\0".encode()
        return hashlib.sha1(header + self.data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class TreeEntry:
    """One name in a folder; `mode` as git writes it, without a leading zero."""

    name: str
    mode: str
    id: str


@dataclass(frozen=True)
class Signature:
    """Who made a commit and when, in seconds since the epoch."""

    name: str
    email: str
    seconds: int

    def line(self) -> str:
        """Return `Name <email> seconds +0000`; a name cannot break out of the line."""
        name = "".join(c for c in self.name if c.isprintable() and c not in "<>").strip()
        email = "".join(c for c in self.email if c.isprintable() and c not in "<> ")
        return f"{name or 'unknown'} <{email}> {self.seconds} +0000"


def blob(content: bytes) -> GitObject:
    """Return a file's content."""
    return GitObject("blob", content)


def tree(entries: Iterable[TreeEntry]) -> GitObject:
    """Return one folder, in git's order: a folder sorts as if its name ended in a slash."""
    ordered = sorted(entries, key=_sort_key)
    return GitObject(
        "tree",
        b"".join(
            f"{entry.mode} {entry.name}\0".encode() + bytes.fromhex(entry.id) for entry in ordered
        ),
    )


def commit(tree_id: str, parents: Sequence[str], signature: Signature, message: str) -> GitObject:
    """Return a commit whose author is its committer; the message ends with one line break."""
    lines = [
        f"tree {tree_id}",
        *(f"parent {parent}" for parent in parents),
        f"author {signature.line()}",
        f"committer {signature.line()}",
        "",
        message.rstrip("\n"),
        "",
    ]
    return GitObject("commit", "\n".join(lines).encode())


def _sort_key(entry: TreeEntry) -> bytes:
    return entry.name.encode() + (b"/" if entry.mode == FOLDER_MODE else b"")
