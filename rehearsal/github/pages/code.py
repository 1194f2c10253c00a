"""What the pages show of a repository's content: its folders, files, branches and tags."""

from typing import Any

from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository, Run
from rehearsal.github.git.git_objects import Commit
from rehearsal.github.git.git_repository import GitError, GitRepository
from rehearsal.github.pages.markup import code_lines
from rehearsal.github.pages.places import find_place
from rehearsal.github.pages.shown import part_of

_NEWEST_RUNS = 10
_LARGEST_FILE = 512 * 1024


def show_repository(
    github: LocalGitHub, repository: Repository, _asked: dict[str, Any]
) -> dict[str, Any]:
    """The default branch's files, and the newest runs; an empty repository has no commit."""
    git = github.git(repository)
    runs = github.store.newest(Run, repository_id=repository.id)
    head = git.ref(f"refs/heads/{repository.default_branch}")
    commit = git.commit(head) if head else None
    shown: dict[str, Any] = {
        "branch_count": len(git.refs("refs/heads")),
        "tag_count": len(git.refs("refs/tags")),
        "runs": runs[:_NEWEST_RUNS],
        "commit": commit,
    }
    return shown | (_folder(git, repository.default_branch, commit, "") if commit else {})


def show_folder(
    github: LocalGitHub, repository: Repository, asked: dict[str, Any]
) -> dict[str, Any]:
    """The entries of a folder, those of folders first."""
    git = github.git(repository)
    return _folder(git, *find_place(git, asked["place"]))


def show_file(github: LocalGitHub, repository: Repository, asked: dict[str, Any]) -> dict[str, Any]:
    """The lines of a file, if it is text of a size that a browser shows."""
    git = github.git(repository)
    ref, commit, file = find_place(git, asked["place"])
    content = git.file(commit.sha, file) if file else None
    if content is None:
        raise NotFoundError
    is_shown = b"\0" not in content and len(content) <= _LARGEST_FILE
    name = file.rpartition("/")[2]
    return {
        "ref": ref,
        "file": file,
        "size": len(content),
        "lines": code_lines(name, content.decode("utf-8", "replace")) if is_shown else None,
    }


def show_branches(
    github: LocalGitHub, repository: Repository, asked: dict[str, Any]
) -> dict[str, Any]:
    """Branches, the default one first."""
    found = _names(github.git(repository), "refs/heads/")
    found.sort(key=lambda name: name != repository.default_branch)
    return {"kind": "branches", "part": part_of(found, asked)}


def show_tags(github: LocalGitHub, repository: Repository, asked: dict[str, Any]) -> dict[str, Any]:
    """Tags, by name."""
    found = _names(github.git(repository), "refs/tags/")
    return {"kind": "tags", "part": part_of(found, asked)}


def _names(git: GitRepository, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in git.refs(prefix)]


def _folder(git: GitRepository, ref: str, commit: Commit, folder: str) -> dict[str, Any]:
    try:
        entries = git.tree(commit.sha, recursive=False, path=folder)
    except GitError:
        raise NotFoundError from None
    entries.sort(key=lambda entry: (entry.kind != "tree", entry.path))
    return {"ref": ref, "commit": commit, "folder": folder, "entries": entries}
