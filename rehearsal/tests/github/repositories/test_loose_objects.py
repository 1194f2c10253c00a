"""Reading without git finds what git finds, and leaves to git what it cannot read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.github.git.git_repository import GitError, GitRepository
from rehearsal.github.git.loose_objects import LooseObjects, UseGitError
from rehearsal.tests.github.served_github import git


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """Two branches, a tag object, folders and an executable; nothing packed."""
    work = tmp_path / "work"
    (work / "deep/er").mkdir(parents=True)
    git("init", "-q", "-b", "main", ".", cwd=work)
    (work / "deep/er/file.txt").write_text("text " * 100)
    (work / "run.sh").write_text("#!/bin/sh\n")
    (work / "run.sh").chmod(0o755)
    git("add", "-A", cwd=work)
    git("commit", "-qm", "First", cwd=work)
    git("tag", "-a", "v1", "-m", "One", cwd=work)
    git("branch", "feature/x", cwd=work)
    return GitRepository(work / ".git")


def _pack(repository: GitRepository) -> None:
    git("gc", "-q", cwd=repository.path)


@pytest.mark.parametrize("prepare", [lambda _: None, _pack], ids=["loose", "packed"])
def test_every_name_means_the_same_as_to_git(
    repository: GitRepository, prepare: Callable[[GitRepository], None]
) -> None:
    prepare(repository)
    commit = git("rev-parse", "main", cwd=repository.path).stdout.strip()
    names = [commit, commit[:10], "main", "feature/x", "refs/heads/main", "v1", "HEAD"]
    names += [f"{name}^{{tree}}" for name in names] + [f"{name}^{{commit}}" for name in names]
    names += ["main:run.sh", "main:deep", "main:deep/er/file.txt", "main:gone", "main:run.sh/x"]
    names += ["gone", "refs/heads/gone", "f" * 40, f"{commit}:deep/er/none", "-x", "main:"]
    for name in names:
        assert repository.read([name]) == repository._read_by_git([name]), name


@pytest.mark.parametrize("prepare", [lambda _: None, _pack], ids=["loose", "packed"])
def test_references_and_trees_are_those_of_git(
    repository: GitRepository, prepare: Callable[[GitRepository], None]
) -> None:
    prepare(repository)
    assert repository.refs() == repository._refs_by_git()
    assert set(repository.refs("refs/heads/feature")) == {"refs/heads/feature/x"}
    assert repository.refs("refs/heads/feat") == {}
    entries = repository.tree("main", recursive=True)
    shown = [(e.mode, e.path, e.size) for e in entries]
    assert shown == [
        ("040000", "deep", None),
        ("040000", "deep/er", None),
        ("100644", "deep/er/file.txt", 500),
        ("100755", "run.sh", 10),
    ]
    assert [e.path for e in repository.tree("main", recursive=False, path="deep")] == ["er"]
    for path in ("gone", "run.sh"):
        with pytest.raises(GitError):
            repository.tree("main", recursive=False, path=path)


def test_packs_are_left_to_git(repository: GitRepository) -> None:
    loose = LooseObjects(repository.path)
    assert loose.read("main:run.sh") is not None
    _pack(repository)
    with pytest.raises(UseGitError):
        loose.read("main:run.sh")
