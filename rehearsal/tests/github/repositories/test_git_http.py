"""The real git client against the local GitHub."""

from __future__ import annotations

import gzip
from itertools import product
from pathlib import Path

import requests

from rehearsal.tests.github.served_github import (
    FULL,
    NO_REPO,
    NO_WORKFLOW,
    STRANGER,
    ServedGitHub,
    git,
)


def _url(github: ServedGitHub, name: str, token: str, suffix: str = ".git") -> str:
    return f"http://octo:{token}@127.0.0.1:{github.port}/octo/{name}{suffix}"


def _change(work: Path, name: str, text: str = "x\n") -> None:
    (work / name).parent.mkdir(parents=True, exist_ok=True)
    (work / name).write_text(text)
    git("add", "-A", cwd=work)
    git("commit", "-qm", f"Change {name}", cwd=work)


def test_push_and_clone_with_and_without_suffix(github: ServedGitHub, tmp_path: Path) -> None:
    github.create("wire")
    git("clone", "-q", _url(github, "wire", FULL), "work", cwd=tmp_path)
    _change(tmp_path / "work", "big.bin", "0123456789" * 300_000)
    git("push", "-q", "origin", "HEAD:main", cwd=tmp_path / "work")
    git("clone", "-q", _url(github, "wire", FULL, ""), "again", cwd=tmp_path)
    assert (tmp_path / "again/big.bin").stat().st_size == 3_000_000
    head = git("rev-parse", "HEAD", cwd=tmp_path / "again").stdout.strip()
    branch = github.rest("GET", "/repos/octo/wire/branches/main").body
    assert branch["commit"]["sha"] == head


def test_first_push_decides_the_default_branch(github: ServedGitHub, tmp_path: Path) -> None:
    github.create("trunked", auto_init=False)
    git("init", "-q", "-b", "trunk", ".", cwd=tmp_path)
    _change(tmp_path, "a")
    git("push", "-q", _url(github, "trunked", FULL), "trunk", cwd=tmp_path)
    assert github.rest("GET", "/repos/octo/trunked").body["default_branch"] == "trunk"


def test_wrong_missing_and_foreign_tokens_are_refused(github: ServedGitHub, tmp_path: Path) -> None:
    github.create("closed")
    for token, word in (
        ("ghp_wrong", "Authentication failed"),
        (NO_REPO, "not found"),
        (STRANGER, "not found"),
    ):
        done = git("ls-remote", _url(github, "closed", token), cwd=tmp_path, check=False)
        assert done.returncode != 0
        assert word in done.stderr, done.stderr
    anonymous = f"http://127.0.0.1:{github.port}/octo/closed.git"
    assert git("ls-remote", anonymous, cwd=tmp_path, check=False).returncode != 0


def test_a_body_that_is_no_gzip_is_refused(github: ServedGitHub) -> None:
    github.create("zipped")
    bodies = (b"no gzip", b"\x1f\x8b\x08", gzip.compress(b"0000" * 99)[:-9])
    for service, body in product(("git-upload-pack", "git-receive-pack"), bodies):
        answer = requests.post(
            f"http://127.0.0.1:{github.port}/octo/zipped.git/{service}",
            data=body,
            headers={
                "Content-Encoding": "gzip",
                "Content-Type": f"application/x-{service}-request",
            },
            auth=("octo", FULL),
            timeout=10,
        )
        assert (answer.status_code, answer.text) == (400, "The body is not gzip."), body


def test_push_of_a_workflow_without_the_scope_is_rejected(
    github: ServedGitHub, tmp_path: Path
) -> None:
    github.create("nowf")
    url = _url(github, "nowf", NO_WORKFLOW)
    git("clone", "-q", url, "work", cwd=tmp_path)
    work = tmp_path / "work"
    _change(work, ".github/workflows/work.yml", "on: push\n")
    for target in ("main", "fresh"):
        done = git("push", url, f"HEAD:{target}", cwd=work, check=False)
        assert done.returncode != 0
        assert "refusing to allow a Personal Access Token to create or update workflow" in (
            done.stderr
        )
        assert "without `workflow` scope)" in done.stderr  # as the reason of the reference
    git("reset", "-q", "--hard", "HEAD~1", cwd=work)
    _change(work, "plain.txt")
    git("push", "-q", url, "HEAD:main", cwd=work)


def test_archived_repository_can_be_cloned_but_not_pushed(
    github: ServedGitHub, tmp_path: Path
) -> None:
    github.create("shelf")
    github.rest("PATCH", "/repos/octo/shelf", {"archived": True})
    git("clone", "-q", _url(github, "shelf", FULL), "work", cwd=tmp_path)
    _change(tmp_path / "work", "a")
    done = git("push", cwd=tmp_path / "work", check=False)
    assert done.returncode != 0
    assert "403" in done.stderr
