"""Git's object formats: what a blob, tree and commit are made of, without starting git.

Source: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
"""

import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
NO_COMMIT = "0" * 40
TREE_MODE = "040000"
KIND_OF_MODE = {
    "100644": "blob",
    "100755": "blob",
    "120000": "blob",
    TREE_MODE: "tree",
    "160000": "commit",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """Who and when, as in a commit's author line."""

    name: str
    email: str
    when: datetime

    def line(self) -> str:
        """``Name <email> seconds +0000``; characters that would break the line are dropped."""
        name = "".join(c for c in self.name if c not in "<>\n\0").strip() or "unknown"
        email = "".join(c for c in self.email if c not in "<>\n\0 ")
        return f"{name} <{email}> {int(self.when.timestamp())} +0000"

    @classmethod
    def parse(cls, line: str) -> "Signature":
        """Read an author or committer line back."""
        who, _, stamp = line.rpartition("> ")
        name, _, email = who.partition(" <")
        return cls(name, email, datetime.fromtimestamp(int(stamp.split()[0]), UTC))


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit object."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str

    @classmethod
    def parse(cls, sha: str, data: bytes) -> "Commit":
        """Read a raw commit object."""
        head, _, message = data.decode("utf-8", "replace").partition("\n\n")
        fields: dict[str, list[str]] = {}
        for line in head.split("\n"):
            key, _, value = line.partition(" ")
            fields.setdefault(key, []).append(value)
        return cls(
            sha=sha,
            tree=fields["tree"][0],
            parents=tuple(fields.get("parent", ())),
            author=Signature.parse(fields["author"][0]),
            committer=Signature.parse(fields["committer"][0]),
            message=message.rstrip("\n"),
        )

    @property
    def title(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One name in a tree; ``size`` only for blobs, where it was asked for."""

    path: str
    mode: str
    sha: str
    size: int | None = None

    @property
    def kind(self) -> str:
        """``blob``, ``tree`` or ``commit``."""
        return KIND_OF_MODE[self.mode]


def encode_tree(entries: list[TreeEntry]) -> bytes:
    """The raw form of one tree; git sorts folders as if their name ended in a slash."""
    ordered = sorted(entries, key=lambda e: e.path.encode() + (b"/" if e.kind == "tree" else b""))
    return b"".join(
        f"{e.mode.lstrip('0')} {e.path}\0".encode() + bytes.fromhex(e.sha) for e in ordered
    )


def parse_tree(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Name, mode and id of each entry of a raw tree."""
    position = 0
    while position < len(data):
        end = data.index(b"\0", position)
        mode, _, name = data[position:end].partition(b" ")
        position = end + 21
        sha = data[end + 1 : position].hex()
        yield name.decode("utf-8", "surrogateescape"), mode.decode().zfill(6), sha


def write_loose(objects: Path, kind: str, data: bytes) -> str:
    """Store one object in an ``objects`` folder and return its id."""
    framed = f"{kind} {len(data)}\0".encode() + data
    sha = hashlib.sha1(framed, usedforsecurity=False).hexdigest()
    target = objects / sha[:2] / sha[2:]
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        draft = target.with_name(f"tmp_obj_{sha}_{os.getpid()}")
        draft.write_bytes(zlib.compress(framed, 1))
        draft.rename(target)
    return sha
