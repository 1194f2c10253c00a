"""Upgrades over several versions with random work of users in between, on real git.

Whatever a user does, whatever the template moves to another folder, and whichever offers are
merged: no line that the user wrote is lost, a file that the user never touched is at the version
that was merged last, in its place, and `template`'s first commit stays an ancestor of the default
branch.
"""

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.tests.github.in_process_github import InProcessGitHub
from tests.rehearsed.functions.content_requests import Content
from tests.rehearsed.functions.repository_world import Files, RepositoryWorld, zipped
from tests.rehearsed.functions.users_clone import UsersClone

PATHS = ("README.md", "ml/train.py", "ml/evaluate.py", "ml/deep/er.py", "run.sh", "app.py")
MOVED = "vendor/"
LINES = 6
EDITS = ("change", "append", "delete line", "delete", "add", "rename")
DECISIONS = ("merge", "resolve on main", "resolve in the offer", "ignore", "decline")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Version:
    """A version of the seed: path -> the revision of each of its lines, and what has moved."""

    revisions: dict[str, tuple[int, ...]]
    moved: frozenset[str]

    def files(self) -> dict[str, list[str]]:
        """Lines that no other file and no other revision has."""
        return {
            self.place(path): [f"{path} line {i} revision {r}" for i, r in enumerate(revisions)]
            for path, revisions in self.revisions.items()
        }

    def place(self, path: str) -> str:
        """Where the file lies."""
        return f"{MOVED}{path}" if path in self.moved else path

    def bundle(self) -> bytes:
        """The version as a zip."""
        packed: Files = {
            path: ("".join(f"{line}\n" for line in lines).encode(), 0o644)
            for path, lines in self.files().items()
        }
        return zipped(packed)


@dataclass(frozen=True)
class Edit:
    """One thing that a user does; `where` picks a file and a line among those that there are."""

    kind: str
    where: int


@dataclass(frozen=True)
class Round:
    """Edits, a new version, and what the user makes of the offer."""

    edits: Sequence[Edit]
    version: Version
    decision: str


@dataclass
class Ledger:
    """What the user wrote and touched, by the user's own account."""

    written: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)


revisions = st.tuples(*[st.integers(0, 2)] * LINES)
versions = st.builds(
    Version,
    st.dictionaries(st.sampled_from(PATHS), revisions, min_size=2),
    st.frozensets(st.sampled_from(PATHS)),
)
edits = st.builds(Edit, st.sampled_from(EDITS), st.integers(0, 10_000))
rounds = st.builds(Round, st.lists(edits, max_size=4), versions, st.sampled_from(DECISIONS))


def work(clone: UsersClone, edit: Edit, ledger: Ledger) -> None:
    """Do one edit and keep the ledger."""
    files = {path: lines for path, lines in clone.files().items() if path != "project.env"}
    line = f"written by a user {next(_numbers)}"
    if edit.kind == "add" or not files:
        path = f"own/file{next(_numbers)}.txt"
        clone.write(path, [line])
        ledger.written.add(line)
        return
    path = sorted(files)[edit.where % len(files)]
    lines = files[path]
    ledger.touched.add(path.removeprefix(MOVED))
    place = edit.where % len(lines) if lines else 0
    if edit.kind == "change":
        ledger.written -= set(lines[place : place + 1])
        lines[place : place + 1] = [line]
        ledger.written.add(line)
        clone.write(path, lines)
    elif edit.kind == "append":
        ledger.written.add(line)
        clone.write(path, [*lines, line])
    elif edit.kind == "delete line":
        ledger.written -= set(lines[place : place + 1])
        clone.write(path, lines[:place] + lines[place + 1 :])
    else:
        (clone.folder / path).unlink()
        if edit.kind == "delete":
            ledger.written -= set(lines)
        else:
            clone.write(f"{path}.renamed{next(_numbers)}", lines)


class Project:
    """A project's repository over several versions."""

    def __init__(self, world: RepositoryWorld, folder: Path, version: Version) -> None:
        self.content = Content(world, f"rings{next(_numbers)}")
        assert self.content.seed_bundle(version.bundle(), SeedKey="0.zip")["Status"] == "SUCCESS"
        self.clone = UsersClone(self.content, folder)
        self.ledger = Ledger()
        self._key = "0.zip"
        self._stage = world

    def edit(self, wanted: Sequence[Edit]) -> None:
        """Let the user work and push."""
        self.clone.start_from("main")
        for edit in wanted:
            work(self.clone, edit, self.ledger)
            self.clone.commit_and_push("main")

    def upgrade(self, version: Version) -> None:
        """Publish a version and update the project, twice."""
        old, self._key = self._key, f"{next(_numbers)}.zip"
        self._stage.aws.bundles[self._key] = version.bundle()
        for _ in range(2):
            before = self._stage.last_number
            answer = self.content.update({"SeedKey": old}, SeedKey=self._key)
            assert answer["Status"] == "SUCCESS", answer
        assert self._stage.writes(before) == []

    def decide(self, decision: str) -> bool:
        """Do with the offer what the user decides; tells whether it is merged."""
        offers = self.content.pull_requests()
        if not offers or decision == "ignore":
            return False
        (offer,) = offers
        path = f"/repos/{self.content.full_name}/pulls/{offer['number']}"
        if decision == "decline":
            self._rest("PATCH", path, {"state": "closed"})
            return False
        if decision == "resolve on main":
            self.clone.merge_and_push(offer["head"]["ref"], "main")
            return True
        if decision == "resolve in the offer":  # as GitHub's conflict editor does
            self.clone.merge_and_push("main", offer["head"]["ref"])
        return self._press_merge(path)

    def _press_merge(self, path: str) -> bool:
        url = f"{self._stage.github.github.api_url}{path}/merge"
        headers = {"Authorization": "Bearer ghp_full", "User-Agent": "test"}
        answer = self._stage.github.request("PUT", url, body=b"{}", headers=headers)
        assert answer.status in (200, 405), answer.data  # 405: it conflicts, and nothing happens
        return answer.status == 200

    def _rest(self, method: str, path: str, body: Any) -> Any:
        return self._stage.github.rest(method, path, body)

    def check(self, merged: Version | None) -> None:
        """Compare the default branch with the ledger, and with the version if it was merged."""
        self.clone.start_from("main")
        files = self.clone.files()
        lines = {line for content in files.values() for line in content}
        assert self.ledger.written <= lines
        root = self.content.git("rev-list", "--max-parents=0", "template").decode().strip()
        self.content.git("merge-base", "--is-ancestor", root, "main")
        if merged is None:
            return
        wanted = merged.files()
        for path in set(PATHS) - self.ledger.touched:
            for place in (path, f"{MOVED}{path}"):
                assert files.get(place) == wanted.get(place), place


@pytest.fixture(scope="module")
def world() -> Iterator[RepositoryWorld]:
    """One GitHub for all examples, each of which has a repository of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        InProcessGitHub(Path(folder) / "x", validate=False, content_limit=(0, 0)) as github,
    ):
        yield RepositoryWorld(github)


@settings(
    max_examples=10,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(first=versions, rounds=st.lists(rounds, min_size=1, max_size=4))
@pytest.mark.tier("test")
def test_no_upgrade_loses_a_users_line_or_misses_an_untouched_file(
    world: RepositoryWorld, first: Version, rounds: Sequence[Round]
) -> None:
    world.github.clock.advance(3600)  # GitHub counts requests by the hour
    with tempfile.TemporaryDirectory() as folder:
        project = Project(world, Path(folder) / "clone", first)
        for each in rounds:
            project.edit(each.edits)
            project.upgrade(each.version)
            project.check(None)
            is_merged = project.decide(each.decision)
            project.check(each.version if is_merged else None)
