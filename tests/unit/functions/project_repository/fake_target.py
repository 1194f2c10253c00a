"""A repository to be filled or updated, in memory; whoever pushes may be slower than others."""

import base64
from collections.abc import Mapping
from typing import Any

from git_client.errors import BranchMovedError
from git_client.objects import GitObject, Signature, TreeEntry, blob, commit, tree
from git_client.references import Advertisement
from github_client.answers import Answer
from github_client.errors import RefusedError
from invocation.deadline import Deadline
from tests.unit.functions.invocation_fakes import FakeTime

FULL_NAME = "octo/rings"
REPOSITORY = {
    "id": 7,
    "full_name": FULL_NAME,
    "owner": {"login": "octo", "id": 1001},
    "clone_url": "https://github.test/octo/rings.git",
    "created_at": "2026-11-23T12:00:00Z",
}


class FakeTarget:
    """Stands for `ContentTarget`, its remote and its API.

    Args:
        branches: commit by branch.
        objects: by id.
        moves: how many pushes find that a branch has moved.
    """

    full_name = FULL_NAME
    path = f"/repos/{FULL_NAME}"
    default_branch = "main"
    repository = REPOSITORY

    def __init__(self, *, moves: int = 0, refusal: RefusedError | None = None) -> None:
        self.heads: dict[str, str] = {}
        self.objects: dict[str, GitObject] = {}
        self.moves = moves
        self.refusal = refusal
        self.pushes: list[dict[str, str]] = []
        self.sent: list[tuple[str, str, Any]] = []
        self.pulls: list[dict[str, Any]] = []
        self.compared: dict[str, Any] = {"ahead_by": 1, "files": [{}]}
        self.time = FakeTime()
        self.deadline = Deadline(self.time.now + 300, self.time.clock, self.time.sleep)

    @property
    def api(self) -> "FakeTarget":
        """The API."""
        return self

    @property
    def remote(self) -> "FakeTarget":
        """The git server."""
        return self

    def put(self, branch: str, files: Mapping[str, str], message: str = "x") -> str:
        """Let a branch hold these files, and return its commit."""
        blobs = {name: blob(content.encode()) for name, content in files.items()}
        root = tree(TreeEntry(name, "100644", one.id) for name, one in blobs.items())
        made = commit(root.id, [], Signature("octo", "o@x", 1), message)
        self._keep([made, root, *blobs.values()])
        self.heads[branch] = made.id
        return made.id

    def _keep(self, objects: Any) -> None:
        self.objects |= {one.id: one for one in objects}

    def branches(self) -> Advertisement:
        """Where the branches stand."""
        return Advertisement(
            {f"refs/heads/{name}": id_ for name, id_ in self.heads.items()}, frozenset()
        )

    def push(self, known: Advertisement, updates: dict[str, str], objects: Any) -> None:
        """Move branches, or find that somebody else did."""
        self.pushes.append(updates)
        if self.moves:
            self.moves -= 1
            raise BranchMovedError(self.full_name, updates)
        self._keep(objects)
        self.heads |= updates

    def git(self, kind: str, id_: str) -> Any:
        """An object as the REST API shows it."""
        data = self.objects[id_].data
        if kind == "commits":
            head, _, message = data.partition(b"\n\n")
            return {"tree": {"sha": head.split()[1].decode()}, "message": message.decode()}
        if kind == "blobs":
            return {"content": base64.b64encode(data).decode()}
        assert kind == "trees"
        found = []
        while data:
            entry, _, data = data.partition(b"\0")
            mode, _, name = entry.decode().partition(" ")
            found.append({"path": name, "mode": mode.rjust(6, "0"), "sha": data[:20].hex()})
            data = data[20:]
        return {"tree": found}

    def text(self, branch: str, name: str) -> str:
        """The content of a file of the outermost folder."""
        root = self.git("commits", self.heads[branch])["tree"]["sha"]
        (id_,) = [one["sha"] for one in self.git("trees", root)["tree"] if one["path"] == name]
        return self.objects[id_].data.decode()

    def signature(self, branch: str) -> str:
        """Who made the newest commit of a branch, and when."""
        lines = self.objects[self.heads[branch]].data.decode().splitlines()
        return next(line for line in lines if line.startswith("author "))

    def message(self, branch: str) -> str:
        """The message of a branch's newest commit."""
        return self.objects[self.heads[branch]].data.decode().partition("\n\n")[2]

    def read(self, path: str) -> Any:
        """What the REST API shows."""
        self.sent.append(("GET", path, None))
        if path.startswith("/compare/"):
            return self.compared
        if path.startswith("/pulls?"):
            return [one for one in self.pulls if f"state={one['state']}" in path or "all" in path]
        assert path == ""
        return {"default_branch": self.default_branch}

    def send(self, method: str, path: str, body: Any = None, **_: Any) -> Answer:
        """Do what the REST API is asked for."""
        self.sent.append((method, path, body))
        if self.refusal is not None:
            raise self.refusal
        return Answer(201, {}, {"html_url": "https://github.test/octo/rings/pull/9"})
