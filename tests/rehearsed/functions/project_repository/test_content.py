"""Behaviour of `Custom::GitHubRepositoryContent`."""

import stat
from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.github.in_process_github import ACCOUNTS, InProcessGitHub
from tests.rehearsed.functions.content_requests import FILES, NAME, Content
from tests.rehearsed.functions.repository_world import (
    SECRET_ARN,
    RepositoryWorld,
    zipped,
)
from tests.unit.functions.invocation_fakes import client_error, custom_resource_event

PUSH = ("POST", f"/{NAME}.git/git-receive-pack")
NO_CHANGE: dict[str, Any] = {}


@pytest.fixture
def content(world: RepositoryWorld) -> Content:
    """A repository as the first custom resource leaves it."""
    return Content(world)


def test_create_writes_every_file_with_its_mode_to_both_branches_in_one_push(
    world: RepositoryWorld, content: Content
) -> None:
    before = world.last_number
    answer = content.seed()
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == content.physical_id
    assert answer["Reason"] == f"The repository {NAME} is seeded with 6 files."
    assert content.files() == {
        **FILES,
        "project.env": (b"AWS_REGION=eu-west-1\nPROJECT_NAME=rings\n", 0o644),
    }
    assert content.history() == ["Seed the repository from the SageMaker project template"]
    assert content.head("template") == content.head("main")
    assert world.writes(before) == [PUSH]


def test_the_first_commit_is_made_by_the_owner_when_github_made_the_repository(
    content: Content,
) -> None:
    content.seed()
    told = content.git("log", "--format=%an %ae %cn %ce %cI", "main").decode().strip()
    who = "octo 1001+octo@users.noreply.github.test"
    assert told == f"{who} {who} 2026-11-23T12:00:00+00:00"


def test_git_finds_nothing_wrong(content: Content) -> None:
    content.seed()
    content.git("fsck", "--full", "--strict")


def test_the_number_of_requests_does_not_grow_with_the_number_of_files(
    world: RepositoryWorld, content: Content
) -> None:
    before = world.last_number
    content.seed({f"src/module_{number}.py": (b"pass\n", 0o644) for number in range(500)})
    assert len(world.requests(before)) == 3
    assert len(content.files()) == 501


def test_project_env_of_the_seed_gives_way_to_the_rendered_one(content: Content) -> None:
    content.seed({"project.env": (b"OLD=1\n", 0o644), "a": (b"", 0o644)})
    assert content.files()["project.env"][0].startswith(b"AWS_REGION=eu-west-1\n")


def test_create_again_writes_nothing(world: RepositoryWorld, content: Content) -> None:
    content.seed()
    content.push("README.md", "my words")
    before = world.last_number
    assert "was seeded before" in content.seed()["Reason"]
    assert world.writes(before) == []
    assert content.files()["README.md"][0] == b"my words"


@pytest.mark.parametrize("fault", ["lost", "502-after", "cut", "reset-after", "kill-after"])
def test_create_pushes_once_although_the_answer_is_lost(
    world: RepositoryWorld, content: Content, fault: str
) -> None:
    before = world.last_number
    world.github.faults.add(fault, path="git-receive-pack$")  # type: ignore[arg-type]
    assert content.seed()["Status"] == "SUCCESS"
    assert world.writes(before) == [PUSH]
    assert len(content.history()) == 1


def test_create_finishes_a_push_that_a_server_did_by_half(content: Content) -> None:
    content.seed()
    content.git("update-ref", "-d", "refs/heads/template")
    assert "is seeded" in content.seed()["Reason"]
    assert content.head("template") == content.head("main")


def test_create_leaves_a_repository_alone_that_a_user_pushed_to(
    world: RepositoryWorld, content: Content
) -> None:
    content.seed()
    content.git("update-ref", "-d", "refs/heads/template")
    content.push("notes.md", "mine")
    before = world.last_number
    answer = content.seed()
    assert answer["Status"] == "FAILED"
    assert f"{NAME} has commits on main that are not the template's" in answer["Reason"]
    assert world.writes(before) == []


@pytest.mark.parametrize("path", [f"/repos/{NAME}$", "info/refs", "git-receive-pack$"])
def test_create_waits_for_a_repository_that_is_not_ready(
    world: RepositoryWorld, content: Content, path: str
) -> None:
    world.github.faults.add("404", path=path, times=2)
    assert content.seed()["Status"] == "SUCCESS"


@pytest.mark.parametrize("default", ["trunk", "template"])
def test_main_becomes_the_default_where_the_owner_set_another(tmp_path: Path, default: str) -> None:
    octo = {"login": "octo", "id": 1001, "default_branch": default}
    accounts = {**ACCOUNTS, "users": [octo, {"login": "stranger", "id": 1002}]}
    with InProcessGitHub(tmp_path / "x", accounts=accounts) as github:
        content = Content(RepositoryWorld(github))
        assert github.rest("GET", f"/repos/{NAME}")["default_branch"] == default
        github.faults.add("404", method="PATCH", times=2)  # it is not ready at first
        assert content.seed()["Status"] == "SUCCESS"
        assert github.rest("GET", f"/repos/{NAME}")["default_branch"] == "main"


def test_create_names_the_workflow_scope_that_the_push_needs(
    world: RepositoryWorld, content: Content
) -> None:
    world.aws.tokens[SECRET_ARN] = "ghp_no_workflow"
    answer = content.seed()
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("The token lacks the `workflow` scope; add it")
    assert content.git("for-each-ref") == b""


def test_create_names_the_rule_that_forbids_the_push(
    world: RepositoryWorld, content: Content
) -> None:
    hook = world.github.git_folder(NAME) / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    words = "error: GH013: Repository rule violations found for refs/heads/main."
    hook.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    hook.chmod(0o755)
    reason = content.seed()["Reason"]
    assert reason.startswith(f"A rule of GitHub forbids to push to {NAME} (")
    assert "GH013: Repository rule violations found" in reason
    assert "bypass it in the rulesets" in reason


def test_create_never_fills_a_repository_with_another_number(
    world: RepositoryWorld, content: Content
) -> None:
    before = world.last_number
    assert content.seed(RepositoryId="1")["Status"] == "FAILED"
    assert world.writes(before) == []


def test_create_says_when_the_repository_is_gone(world: RepositoryWorld, content: Content) -> None:
    world.github.rest("DELETE", f"/repos/{NAME}")
    assert "to be filled is gone" in content.seed()["Reason"]


@pytest.mark.parametrize(
    ("bundle", "words"),
    [
        (b"no zip", "is not a sound zip file"),
        (zipped({}), "is empty"),
        (zipped({"../evil": (b"", 0o644)}), "unsafe or repeated path '../evil'"),
        (zipped({"/etc/passwd": (b"", 0o644)}), "unsafe or repeated path"),
        (zipped({"a/.git/config": (b"", 0o644)}), "unsafe or repeated path"),
        (zipped({"c:/x": (b"", 0o644)}), "unsafe or repeated path"),
        (zipped({"link": (b"/etc/passwd", stat.S_IFLNK | 0o777)}), "not a plain file"),
        (zipped({"bomb": (b"\0" * (32 * 1024 * 1024 + 1), 0o644)}), "unpacks to more than"),
        (zipped({f"f{n}": (b"", 0o644) for n in range(2001)}), "more than 2000 files"),
        (zipped({"a": (b"", 0o644), "a/b": (b"", 0o644)}), "a is a file and a folder"),
    ],
)
def test_create_refuses_an_unsound_bundle_before_it_writes(
    world: RepositoryWorld, content: Content, bundle: bytes, words: str
) -> None:
    before = world.last_number
    answer = content.seed_bundle(bundle)
    assert answer["Status"] == "FAILED"
    assert words in answer["Reason"]
    assert world.writes(before) == []


def test_create_names_a_bundle_that_is_missing(world: RepositoryWorld, content: Content) -> None:
    world.aws.errors["get_object"] = client_error("GetObject", "NoSuchKey", status=404)
    reason = content.seed()["Reason"]
    assert "s3://assets/0123abcd.zip cannot be read (S3 answered NoSuchKey)" in reason


@pytest.mark.parametrize("configuration", [{"lower": "x"}, {"A": "two\nlines"}, "text"])
def test_create_refuses_a_configuration_that_no_file_can_hold(
    content: Content, configuration: Any
) -> None:
    answer = content.seed(Configuration=configuration)
    assert answer["Reason"].startswith("The property Configuration")


def test_update_without_a_change_sends_nothing(world: RepositoryWorld, content: Content) -> None:
    content.seed()
    before = world.last_number
    assert content.update(NO_CHANGE)["Status"] == "SUCCESS"
    assert world.requests(before) == []


def test_update_of_the_configuration_commits_only_project_env(content: Content) -> None:
    content.seed()
    content.push("project.env", "AWS_REGION=eu-west-1\nMY_OWN=1\nPROJECT_NAME=x\n")
    content.push("scripts/mine.sh", "mine")
    before = content.files()
    answer = content.update(NO_CHANGE, Configuration={"PROJECT_NAME": "rings", "NEW": "1"})
    assert answer["Reason"] == f"The configuration in {NAME} is updated."
    assert content.files() == {
        **before,
        "project.env": (b"MY_OWN=1\nNEW=1\nPROJECT_NAME=rings\n", 0o644),
    }
    assert content.history()[0] == "Update project.env from the SageMaker project"


def test_update_that_is_repeated_writes_once(world: RepositoryWorld, content: Content) -> None:
    content.seed()
    content.update(NO_CHANGE, Configuration={"NEW": "1"})
    before = world.last_number
    assert "is up to date" in content.update(NO_CHANGE, Configuration={"NEW": "1"})["Reason"]
    assert world.writes(before) == []


def test_update_builds_on_what_a_user_pushes_meanwhile(
    world: RepositoryWorld, content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    content.seed()
    send = world.github.request
    pushed: list[bool] = []

    def push_first(method: str, url: str, **options: Any) -> Any:
        if method == "POST" and not pushed:
            pushed.append(True)
            content.push("notes.md", "mine")
        return send(method, url, **options)

    monkeypatch.setattr(world.github, "request", push_first)
    assert content.update(NO_CHANGE, Configuration={"NEW": "1"})["Status"] == "SUCCESS"
    assert content.files()["project.env"][0] == b"NEW=1\n"
    assert content.history()[:2] == [
        "Update project.env from the SageMaker project",
        "Edit notes.md",
    ]


def test_update_says_when_the_default_branch_is_gone(content: Content) -> None:
    content.seed()
    content.git("update-ref", "-d", "refs/heads/main")
    answer = content.update(NO_CHANGE, Configuration={"NEW": "1"})
    assert answer["Status"] == "FAILED"
    assert f"{NAME} has no branch main" in answer["Reason"]


def test_update_to_another_repository_fills_it_as_a_replacement(
    world: RepositoryWorld, content: Content
) -> None:
    content.seed()
    other = Content(world, "fish-build")
    answer = other.run(
        "Update",
        other.properties(),
        PhysicalResourceId=content.physical_id,
        OldResourceProperties=content.properties(),
    )
    assert answer["PhysicalResourceId"] == other.physical_id
    assert "project.env" in other.files()


def test_delete_leaves_the_content_alone(world: RepositoryWorld, content: Content) -> None:
    before = world.last_number
    answer = content.run("Delete", content.properties(), PhysicalResourceId=content.physical_id)
    assert answer["Status"] == "SUCCESS"
    assert world.requests(before) == []


def test_an_unknown_resource_type_is_answered(world: RepositoryWorld) -> None:
    answer = world.run(custom_resource_event("Create", "Custom::Other", {}))
    assert answer["Status"] == "FAILED"
