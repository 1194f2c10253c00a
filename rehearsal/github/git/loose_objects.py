"""Reads a bare repository without starting git, as long as its objects are loose.

Nearly every request looks at a branch or a file, and a process costs more than the rest of the
answer. What is not found here, or needs git's own rules for names, is left to git.
"""

import functools
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from rehearsal.github.git.git_objects import parse_tree

_NAME = re.compile(r"(?P<base>[^~^:@{}-][^~^:@{}]*)(\^\{(?P<peel>commit|tree)\}|:(?P<path>.+))?")
_ID = re.compile(r"[0-9a-f]{40}")
_KEPT_OBJECTS = 512


class UseGitError(Exception):
    """Git has to be asked."""


class LooseObjects:
    """References and objects of one bare repository."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._objects = path / "objects"

    def refs(self) -> dict[str, str]:
        """Every reference by name.

        Raises:
            UseGitError: some are symbolic.
        """
        found = dict(self._packed_refs())
        for folder, _, names in os.walk(self._path / "refs"):
            for name in names:
                if not name.endswith(".lock"):
                    file = Path(folder, name)
                    found[str(file.relative_to(self._path))] = _object_id(file)
        return dict(sorted(found.items()))

    def read(self, name: str) -> tuple[str, str, bytes] | None:
        """An object as (id, kind, data) by id, reference name, ``commit:path`` or ``^{kind}``.

        Raises:
            UseGitError: another form of name, or an object in a pack.
        """
        match = _NAME.fullmatch(name)
        if match is None:
            raise UseGitError
        base = match["base"]
        sha = base if _ID.fullmatch(base) else self._object_of_ref(base)
        found = self._object(sha) if sha else None
        if found is None:
            return None
        if match["path"] is not None:
            return self._below(found, match["path"])
        return self._peeled(found, match["peel"]) if match["peel"] else found

    def _object_of_ref(self, name: str) -> str | None:
        """Where a name points to, in git's order of precedence."""
        refs = self.refs()
        for candidate in (name, f"refs/{name}", f"refs/tags/{name}", f"refs/heads/{name}"):
            if candidate in refs:
                return refs[candidate]
        if name.startswith("refs/"):
            return None
        raise UseGitError  # HEAD, or the beginning of an id

    def _packed_refs(self) -> Iterator[tuple[str, str]]:
        try:
            text = (self._path / "packed-refs").read_text()
        except FileNotFoundError:
            return
        for line in text.splitlines():
            if not line.startswith(("#", "^")):
                sha, _, name = line.partition(" ")
                yield name, sha

    def _object(self, sha: str) -> tuple[str, str, bytes] | None:
        file = Path(f"{self._objects}/{sha[:2]}/{sha[2:]}")
        try:
            file.stat()  # what was packed or deleted since is no longer read from here
            kind, data = _content(file)
        except FileNotFoundError:
            if any((self._objects / "pack").glob("*.pack")):
                raise UseGitError from None
            return None
        return sha, kind, data

    def _peeled(self, found: tuple[str, str, bytes], kind: str) -> tuple[str, str, bytes] | None:
        if found[1] == kind:
            return found
        if found[1] == "commit" and kind == "tree":
            return self._object(found[2][5:45].decode())
        if found[1] == "tag":
            raise UseGitError
        return None

    def _below(self, found: tuple[str, str, bytes], path: str) -> tuple[str, str, bytes] | None:
        for part in path.split("/"):
            tree = self._peeled(found, "tree")
            names = {n: (mode, sha) for n, mode, sha in parse_tree(tree[2])} if tree else {}
            if part not in names:
                return None
            if names[part][0] == "160000":
                raise UseGitError
            child = self._object(names[part][1])
            if child is None:
                return None
            found = child
        return found


@functools.lru_cache(maxsize=_KEPT_OBJECTS)
def _content(file: Path) -> tuple[str, bytes]:
    """Kind and data; an object's name is the hash of them, so that they stay what they are."""
    raw = zlib.decompress(file.read_bytes())
    head, _, data = raw.partition(b"\0")
    return head.decode().partition(" ")[0], data


def _object_id(file: Path) -> str:
    try:
        text = file.read_text().strip()
    except FileNotFoundError:
        raise UseGitError from None
    if _ID.fullmatch(text) is None:
        raise UseGitError
    return text
