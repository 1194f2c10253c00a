"""Behaviour of `Custom::GitHubRepositoryContent`."""

import io
import stat
import zipfile
from typing import Any

import pytest
from botocore.response import StreamingBody

from project_repository.handler import handle_request
from tests.unit.functions.fake_github import Repository
from tests.unit.functions.invocation_fakes import SECRET_ARN, FakeContext, Stage

SEED = {"Bucket": "assets", "Key": "0123abcd.zip"}
FILES: dict[str, tuple[bytes, int]] = {
    "README.md": (b"# Rings\n", 0o644),
    "scripts/run.sh": (b"#!/bin/sh\n", 0o755),
    ".github/workflows/build.yml": ("on: push # ü\n".encode(), 0o644),
    "picture.png": (b"\x89PNG\x00\xff", 0o644),
}


def zipped(files: dict[str, tuple[bytes, int]], *, kind: int = stat.S_IFREG) -> bytes:
    """A bundle with file modes, as the CDK makes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, (content, mode) in files.items():
            entry = zipfile.ZipInfo(path)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (kind | mode) << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def properties(repository: Repository, **changed: Any) -> dict[str, Any]:
    """The properties that fill a repository."""
    return {
        "FullName": repository.fields["full_name"],
        "RepositoryId": str(repository.fields["id"]),
        "TokenSecretArn": SECRET_ARN,
        "SeedBucket": SEED["Bucket"],
        "SeedKey": SEED["Key"],
        "Configuration": {"PROJECT_NAME": "rings", "AWS_REGION": "eu-west-1"},
        **changed,
    }


def run(
    stage: Stage, kind: str, wanted: dict[str, Any], bundle: bytes | None = None, **more: Any
) -> dict[str, Any]:
    """Send one request and return what CloudFormation hears."""
    stage.expect_token()
    if bundle is not None:
        body = StreamingBody(io.BytesIO(bundle), len(bundle))
        stage.stub("s3").add_response("get_object", {"Body": body}, SEED)
    event = stage.cloudformation_event(kind, "Custom::GitHubRepositoryContent", wanted, **more)
    handle_request(event, FakeContext(), stage.tools())
    return stage.answers[-1]


def seed(stage: Stage, repository: Repository, **changed: Any) -> dict[str, Any]:
    """Create the content."""
    return run(stage, "Create", properties(repository, **changed), zipped(FILES))


@pytest.fixture
def repository(stage: Stage) -> Repository:
    """A repository as the first custom resource leaves it."""
    return stage.github.add("ada", "rings-build")


def history(repository: Repository) -> list[str]:
    """First lines of the commit messages, newest first."""
    lines, sha = [], repository.branches["main"]
    while sha:
        commit = repository.commits[sha]
        lines.append(commit["message"].splitlines()[0])
        sha = commit["parents"][0] if commit["parents"] else None
    return lines


def test_create_writes_every_file_with_its_mode_in_one_commit(
    stage: Stage, repository: Repository
) -> None:
    answer = seed(stage, repository)
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == f"github-content:{repository.fields['id']}"
    assert repository.files == {
        **{
            path: ("100755" if mode & 0o100 else "100644", content)
            for path, (content, mode) in FILES.items()
        },
        "project.env": ("100644", b"AWS_REGION=eu-west-1\nPROJECT_NAME=rings\n"),
    }
    assert history(repository) == [
        "Seed the repository from the SageMaker project template",
        "Initial commit",
    ]


def test_the_number_of_requests_does_not_grow_with_the_number_of_files(
    stage: Stage, repository: Repository
) -> None:
    many = {f"src/module_{number}.py": (b"pass\n", 0o644) for number in range(500)}
    run(stage, "Create", properties(repository), zipped(many))
    path = "/repos/ada/rings-build/git"
    assert stage.github.writes == [
        ("POST", f"{path}/trees"),
        ("POST", f"{path}/commits"),
        ("PATCH", f"{path}/refs/heads/main"),
    ]


def test_a_large_text_travels_as_a_blob(stage: Stage, repository: Repository) -> None:
    large = b"x" * (256 * 1024 + 1)
    run(stage, "Create", properties(repository), zipped({"data.csv": (large, 0o644)}))
    assert repository.files["data.csv"] == ("100644", large)
    assert ("POST", "/repos/ada/rings-build/git/blobs") in stage.github.writes


def test_project_env_of_the_seed_gives_way_to_the_rendered_one(
    stage: Stage, repository: Repository
) -> None:
    run(stage, "Create", properties(repository), zipped({"project.env": (b"OLD=1\n", 0o644)}))
    assert repository.files["project.env"][1].startswith(b"AWS_REGION=eu-west-1\n")


def test_create_again_writes_nothing(stage: Stage, repository: Repository) -> None:
    seed(stage, repository)
    written = len(stage.github.writes)
    assert "was seeded before" in seed(stage, repository)["Reason"]
    assert len(stage.github.writes) == written


def test_create_again_after_a_users_commit_writes_nothing(
    stage: Stage, repository: Repository
) -> None:
    seed(stage, repository)
    stage.github.push(repository, "README.md", "my words")
    assert "was seeded before" in seed(stage, repository)["Reason"]
    assert repository.files["README.md"][1] == b"my words"


def test_create_keeps_what_a_user_pushed_before_it(stage: Stage, repository: Repository) -> None:
    stage.github.push(repository, "notes.md", "mine")
    assert seed(stage, repository)["Status"] == "SUCCESS"
    assert repository.files["notes.md"][1] == b"mine"
    assert "picture.png" in repository.files


def test_create_waits_for_a_repository_that_is_not_ready(
    stage: Stage, repository: Repository
) -> None:
    empty = (409, {"message": "Git Repository is empty."})
    stage.github.fail("GET", "/git/ref/", empty, times=2)
    assert seed(stage, repository)["Status"] == "SUCCESS"


def test_create_names_the_workflow_scope_behind_githubs_404(
    stage: Stage, repository: Repository
) -> None:
    stage.github.scopes = "repo"
    stage.github.fail("POST", "/git/trees", (404, {"message": "Not Found"}), times=99)
    answer = seed(stage, repository)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("The token lacks the `workflow` scope; add it")


def test_create_never_fills_a_repository_with_another_number(
    stage: Stage, repository: Repository
) -> None:
    answer = seed(stage, repository, RepositoryId="1")
    assert answer["Status"] == "FAILED"
    assert stage.github.writes == []


def test_create_says_when_the_repository_is_gone(stage: Stage, repository: Repository) -> None:
    stage.github.repositories.clear()
    assert "to be filled is gone" in seed(stage, repository)["Reason"]


@pytest.mark.parametrize(
    ("bundle", "words"),
    [
        (b"no zip", "is not a sound zip file"),
        (zipped({}), "is empty"),
        (zipped({"../evil": (b"", 0o644)}), "unsafe or repeated path '../evil'"),
        (zipped({"/etc/passwd": (b"", 0o644)}), "unsafe or repeated path"),
        (zipped({"a/.git/config": (b"", 0o644)}), "unsafe or repeated path"),
        (zipped({"c:/x": (b"", 0o644)}), "unsafe or repeated path"),
        (zipped({"link": (b"/etc/passwd", 0o777)}, kind=stat.S_IFLNK), "not a plain file"),
        (zipped({"bomb": (b"\0" * (32 * 1024 * 1024 + 1), 0o644)}), "unpacks to more than"),
        (zipped({f"f{n}": (b"", 0o644) for n in range(2001)}), "more than 2000 files"),
    ],
)
def test_create_refuses_an_unsound_bundle_before_it_writes(
    stage: Stage, repository: Repository, bundle: bytes, words: str
) -> None:
    answer = run(stage, "Create", properties(repository), bundle)
    assert answer["Status"] == "FAILED"
    assert words in answer["Reason"]
    assert stage.github.writes == []


def test_create_names_a_bundle_that_is_missing(stage: Stage, repository: Repository) -> None:
    stage.stub("s3").add_client_error("get_object", "NoSuchKey")
    reason = run(stage, "Create", properties(repository))["Reason"]
    assert "s3://assets/0123abcd.zip cannot be read (S3 answered NoSuchKey)" in reason


@pytest.mark.parametrize("configuration", [{"lower": "x"}, {"A": "two\nlines"}, "text"])
def test_create_refuses_a_configuration_that_no_file_can_hold(
    stage: Stage, repository: Repository, configuration: Any
) -> None:
    answer = seed(stage, repository, Configuration=configuration)
    assert answer["Reason"].startswith("The property Configuration")
    assert stage.github.writes == []


def update(stage: Stage, repository: Repository, **changed: Any) -> dict[str, Any]:
    """Update from the default properties to changed ones."""
    return run(
        stage,
        "Update",
        properties(repository, **changed),
        PhysicalResourceId=f"github-content:{repository.fields['id']}",
        OldResourceProperties=properties(repository),
    )


def test_update_without_a_change_sends_nothing(stage: Stage, repository: Repository) -> None:
    seed(stage, repository)
    sent = len(stage.github.exchanges)
    assert update(stage, repository)["Status"] == "SUCCESS"
    assert len(stage.github.exchanges) == sent


def test_update_of_the_configuration_commits_only_project_env(
    stage: Stage, repository: Repository
) -> None:
    seed(stage, repository)
    stage.github.push(repository, "project.env", "AWS_REGION=eu-west-1\nMY_OWN=1\nPROJECT_NAME=x\n")
    before = repository.files
    update(stage, repository, Configuration={"PROJECT_NAME": "rings", "NEW": "1"})
    assert repository.files == {
        **before,
        "project.env": ("100644", b"MY_OWN=1\nNEW=1\nPROJECT_NAME=rings\n"),
    }
    assert history(repository)[0] == "Update project.env from the SageMaker project"


def test_update_that_is_repeated_writes_once(stage: Stage, repository: Repository) -> None:
    seed(stage, repository)
    update(stage, repository, Configuration={"NEW": "1"})
    written = len(stage.github.writes)
    assert "is up to date" in update(stage, repository, Configuration={"NEW": "1"})["Reason"]
    assert len(stage.github.writes) == written


def test_update_goes_on_when_a_user_pushes_meanwhile(stage: Stage, repository: Repository) -> None:
    seed(stage, repository)
    docs = "https://docs.github.com/rest"
    moved = (422, {"message": "Update is not a fast forward", "documentation_url": docs})
    stage.github.fail("PATCH", "/git/refs/", moved)
    assert update(stage, repository, Configuration={"NEW": "1"})["Status"] == "SUCCESS"
    assert repository.files["project.env"][1] == b"NEW=1\n"


def test_update_to_another_repository_fills_it_as_a_replacement(
    stage: Stage, repository: Repository
) -> None:
    other = stage.github.add("ada", "fish-build")
    answer = run(
        stage,
        "Update",
        properties(other),
        zipped(FILES),
        PhysicalResourceId=f"github-content:{repository.fields['id']}",
        OldResourceProperties=properties(repository),
    )
    assert answer["PhysicalResourceId"] == f"github-content:{other.fields['id']}"
    assert "project.env" in other.files


def test_delete_leaves_the_content_alone(stage: Stage, repository: Repository) -> None:
    identity = {"PhysicalResourceId": "github-content:1"}
    answer = run(stage, "Delete", properties(repository), **identity)
    assert answer["Status"] == "SUCCESS"
    assert stage.github.exchanges == []


def test_an_unknown_resource_type_is_answered(stage: Stage) -> None:
    event = stage.cloudformation_event("Create", "Custom::Other", {})
    handle_request(event, FakeContext(), stage.tools())
    assert stage.answers[-1]["Status"] == "FAILED"
