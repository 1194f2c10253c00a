"""One bare repository on disk: objects, references, history."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from rehearsal.github.git.git_objects import (
    EMPTY_TREE,
    Commit,
    Signature,
    TreeEntry,
    parse_tree,
    write_loose,
)
from rehearsal.github.git.loose_objects import LooseObjects, UseGitError

WORKFLOW_FOLDER = ".github/workflows"
# Without fsync: a killed server loses nothing, and a machine that loses power no more than a
# rehearsal. Sixty files would cost it 50 ms.
_CONFIG = """[core]
\trepositoryformatversion = 0
\tbare = true
\tlogAllRefUpdates = false
\tfsync = none
\tlooseCompression = 0
[uploadpack]
\tallowReachableSHA1InWant = true
\tallowAnySHA1InWant = true
\tallowFilter = true
[receive]
\tfsckObjects = true
\tunpackLimit = 20000
\tautoGC = false
\thideRefs = refs/pull
[gc]
\tauto = 0
"""


def git_environment() -> dict[str, str]:
    """The environment of every git process: this machine's PATH, nobody's configuration."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
    }


class GitError(Exception):
    """Git refused; the message is git's own."""


class GitRepository:
    """A bare repository, read through git and written as loose objects."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, default_branch: str) -> None:
        """Lay out an empty bare repository; the same files as ``git init --bare``."""
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
            (self.path / folder).mkdir(parents=True)
        (self.path / "config").write_text(_CONFIG)
        self.set_default_branch(default_branch)

    def set_default_branch(self, branch: str) -> None:
        """Point HEAD, which a clone checks out, at a branch."""
        (self.path / "HEAD").write_text(f"ref: refs/heads/{branch}\n")

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run one git command and return what it printed.

        Raises:
            GitError: git ended with an error.
        """
        command = ["git", f"--git-dir={self.path}", *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, env=git_environment(), check=False
        )
        if done.returncode:
            raise GitError(done.stderr.decode(errors="replace").strip())
        return done.stdout

    def write(self, kind: str, data: bytes) -> str:
        """Store an object and return its id."""
        return write_loose(self.path / "objects", kind, data)

    def read(self, names: Iterable[str]) -> list[tuple[str, str, bytes] | None]:
        """Objects by name (id, reference, ``commit:path``) as (id, kind, data), in one process."""
        wanted = list(names)
        if any("\n" in name or "\0" in name for name in wanted):
            return [None] * len(wanted)
        try:
            return [LooseObjects(self.path).read(name) for name in wanted]
        except UseGitError:
            return self._read_by_git(wanted)

    def _read_by_git(self, wanted: list[str]) -> list[tuple[str, str, bytes] | None]:
        output = self.run("cat-file", "--batch", stdin="".join(f"{n}\n" for n in wanted).encode())
        found: list[tuple[str, str, bytes] | None] = []
        position = 0
        for _ in wanted:
            end = output.index(b"\n", position)
            header = output[position:end].decode().split(" ")
            position = end + 1
            if header[-1] in {"missing", "ambiguous"}:
                found.append(None)
                continue
            size = int(header[2])
            found.append((header[0], header[1], output[position : position + size]))
            position += size + 1
        return found

    def commit(self, name: str) -> Commit | None:
        """The commit that a name stands for."""
        found = self.read([f"{name}^{{commit}}"])[0]
        return Commit.parse(found[0], found[2]) if found else None

    def file(self, commit: str, path: str) -> bytes | None:
        """The content of a file in a commit."""
        found = self.read([f"{commit}:{path}"])[0]
        return found[2] if found and found[1] == "blob" else None

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """References and the ids they point to."""
        try:
            found = LooseObjects(self.path).refs()
        except UseGitError:
            found = self._refs_by_git()
        folder = prefix if prefix.endswith("/") else f"{prefix}/"
        return {n: sha for n, sha in found.items() if n == prefix or n.startswith(folder)}

    def _refs_by_git(self) -> dict[str, str]:
        output = self.run("for-each-ref", "--format=%(objectname) %(refname)")
        pairs = (line.split(" ", 1) for line in output.decode().splitlines())
        return {name: sha for sha, name in pairs}

    def ref(self, name: str) -> str | None:
        """The id that one full reference name points to."""
        return self.refs(name).get(name)

    def is_empty(self) -> bool:
        """True before the first commit."""
        return not self.refs()

    def update_ref(self, name: str, new: str, old: str) -> None:
        """Move a reference from ``old`` (zeros: it must not exist) to ``new``."""
        self.run("update-ref", name, new, old)

    def delete_ref(self, name: str, old: str) -> None:
        """Remove a reference that points to ``old``."""
        self.run("update-ref", "-d", name, old)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """True if moving a branch from ``older`` to ``newer`` is a fast-forward."""
        try:
            self.run("merge-base", "--is-ancestor", older, newer)
        except GitError:
            return False
        return True

    def tree(self, name: str, *, recursive: bool, path: str = "") -> list[TreeEntry]:
        """Entries of a tree or of a commit's tree; folders are listed too.

        Raises:
            GitError: there is no such tree.
        """
        found = self.read([f"{name}:{path}" if path else f"{name}^{{tree}}"])[0]
        if found is None or found[1] != "tree":
            raise GitError(f"{name}:{path} is not a tree.")
        return list(self._entries(found[2], recursive=recursive))

    def _entries(self, tree: bytes, *, recursive: bool, prefix: str = "") -> Iterator[TreeEntry]:
        listed = list(parse_tree(tree))
        children = self.read(sha for _, _, sha in listed)
        for (name, mode, sha), child in zip(listed, children, strict=True):
            kind, data = child[1:] if child else ("commit", b"")
            yield TreeEntry(prefix + name, mode, sha, len(data) if kind == "blob" else None)
            if recursive and kind == "tree":
                yield from self._entries(data, recursive=True, prefix=f"{prefix}{name}/")

    def write_commit(
        self,
        *,
        tree: str,
        parents: list[str],
        author: Signature,
        committer: Signature,
        message: str,
    ) -> Commit:
        """Store a commit object."""
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        lines += [f"author {author.line()}", f"committer {committer.line()}", "", message]
        data = "\n".join(lines).encode()
        return Commit.parse(self.write("commit", data), data)

    def history(
        self, start: str, *, limit: int, skip: int = 0, without: str = "", path: str = ""
    ) -> list[Commit]:
        """Commits reachable from ``start`` and not from ``without``, newest first."""
        asked = [f"--max-count={limit}", f"--skip={skip}", start]
        asked += [f"^{without}"] if without else []
        shas = self.run("rev-list", *asked, "--", *([path] if path else [])).decode().split()
        return [Commit.parse(o[0], o[2]) for o in self.read(shas) if o] if shas else []

    def changed_paths(self, old: str | None, new: str, below: str = "") -> list[str]:
        """Paths that differ between two commits; without ``old``, every path of ``new``."""
        limit = ["--", below] if below else []
        output = self.run(
            "diff-tree", "-r", "-z", "--name-only", old or EMPTY_TREE, f"{new}^{{tree}}", *limit
        )
        return output.decode("utf-8", "surrogateescape").split("\0")[:-1]
