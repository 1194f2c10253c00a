"""Texts that the launch writes into files of the seed."""

from typing import Any

import pytest

from tests.rehearsed.functions.content_requests import FILES, NAME, Content
from tests.rehearsed.functions.repository_world import Files, RepositoryWorld, zipped

MARK = b"<!-- note: approval-gate -->\n"
NOTED: Files = {**FILES, "README.md": (b"# Rings\n" + MARK + b"\n## More\n", 0o644)}
NOTES = {"README.md": {"approval-gate": "Ask Bob \u2026"}}
WRITTEN = b"# Rings\n" + MARK + "\nAsk Bob \u2026\n".encode() + b"\n## More\n"


@pytest.fixture
def content(world: RepositoryWorld) -> Content:
    """A repository as the first custom resource leaves it."""
    return Content(world)


def test_a_note_follows_its_mark_on_both_branches(content: Content) -> None:
    assert content.seed(NOTED, Notes=NOTES)["Status"] == "SUCCESS"
    assert content.files()["README.md"] == (WRITTEN, 0o644)
    assert content.head("template") == content.head("main")


def test_a_mark_without_a_note_stays_as_it_is(content: Content) -> None:
    content.seed(NOTED)
    assert content.files()["README.md"][0] == NOTED["README.md"][0]


def test_a_creation_that_is_repeated_finds_its_own_commit(
    world: RepositoryWorld, content: Content
) -> None:
    world.github.faults.add("kill-after", path="git-receive-pack$")
    content.seed(NOTED, Notes=NOTES)
    content.git("update-ref", "-d", "refs/heads/template")
    assert "is seeded" in content.seed(NOTED, Notes=NOTES)["Reason"]
    assert content.head("template") == content.head("main")


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        ({"GONE.md": {"approval-gate": "x"}}, "holds no file GONE.md for the notes"),
        (
            {"README.md": {"other": "x"}},
            "has 0 lines `<!-- note: other -->` in README.md, where one is to be",
        ),
    ],
)
def test_a_note_without_its_place_fails_before_anything_is_written(
    world: RepositoryWorld, content: Content, notes: Any, words: str
) -> None:
    before = world.last_number
    answer = content.seed(NOTED, Notes=notes)
    assert answer["Status"] == "FAILED"
    assert f"The seed bundle s3://assets/0123abcd.zip {words}" in answer["Reason"]
    assert world.writes(before) == []


@pytest.mark.parametrize(
    "notes",
    ["text", {"README.md": "text"}, {"README.md": {"No": "x"}}, {"README.md": {"a": "two\nlines"}}],
)
def test_notes_that_no_file_can_hold_are_refused(content: Content, notes: Any) -> None:
    reason = content.seed(NOTED, Notes=notes)["Reason"]
    assert reason.startswith("The property Notes")


def test_a_changed_note_is_offered_like_a_new_version(
    world: RepositoryWorld, content: Content
) -> None:
    content.seed(NOTED, Notes=NOTES)
    changed = {"README.md": {"approval-gate": "Ask Eve."}}
    answer = content.update({"Notes": NOTES}, Notes=changed)
    assert "is offered as" in answer["Reason"]
    assert b"Ask Eve." in content.files("template")["README.md"][0]
    assert b"Ask Bob" in content.files()["README.md"][0]
    before = world.last_number
    assert "was offered before" in content.update({"Notes": NOTES}, Notes=changed)["Reason"]
    assert world.writes(before) == []


def test_a_new_version_merges_with_its_note(world: RepositoryWorld, content: Content) -> None:
    content.seed(NOTED, Notes=NOTES)
    newer = {**NOTED, "README.md": (NOTED["README.md"][0] + b"The end.\n", 0o644)}
    world.aws.bundles["next.zip"] = zipped(newer)
    content.update({"Notes": NOTES}, Notes=NOTES, SeedKey="next.zip")
    (offer,) = content.pull_requests()
    world.github.rest("PUT", f"/repos/{NAME}/pulls/{offer['number']}/merge", {})
    assert content.files()["README.md"][0] == WRITTEN + b"The end.\n"
