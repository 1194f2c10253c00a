"""What the pages show of a repository: its runs, its folders and its files."""

import re
from typing import Any

from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository, Run
from rehearsal.github.git.git_objects import Commit
from rehearsal.github.git.git_repository import GitError, GitRepository

_NEWEST_RUNS = 50
_LARGEST_FILE = 512 * 1024
_COMMIT_ID = re.compile(r"[0-9a-f]{40}")


def show_repository(
    github: LocalGitHub, repository: Repository, _path: dict[str, Any]
) -> dict[str, Any]:
    """The default branch's files, and the newest runs; an empty repository has no commit."""
    git = github.git(repository)
    runs = github.store.select(Run, repository_id=repository.id)
    head = git.ref(f"refs/heads/{repository.default_branch}")
    shown: dict[str, Any] = {
        "branches": [name.removeprefix("refs/heads/") for name in git.refs("refs/heads")],
        "runs": sorted(runs, key=lambda run: run.id, reverse=True)[:_NEWEST_RUNS],
        "commit": None,
    }
    if head is None:
        return shown
    return shown | _folder(git, repository.default_branch, git.commit(head), "")


def show_folder(
    github: LocalGitHub, repository: Repository, path: dict[str, Any]
) -> dict[str, Any]:
    """The entries of a folder, those of folders first."""
    git = github.git(repository)
    return _folder(git, *_find_place(git, path["place"]))


def show_file(github: LocalGitHub, repository: Repository, path: dict[str, Any]) -> dict[str, Any]:
    """The text of a file, if it is text of a size that a browser shows."""
    git = github.git(repository)
    ref, commit, file = _find_place(git, path["place"])
    content = git.file(commit.sha, file) if commit and file else None
    if content is None:
        raise NotFoundError
    is_shown = b"\0" not in content and len(content) <= _LARGEST_FILE
    return {
        "ref": ref,
        "file": file,
        "size": len(content),
        "text": content.decode("utf-8", "replace") if is_shown else None,
    }


def _folder(git: GitRepository, ref: str, commit: Commit | None, folder: str) -> dict[str, Any]:
    try:
        entries = git.tree(commit.sha, recursive=False, path=folder) if commit else None
    except GitError:
        entries = None
    if entries is None:
        raise NotFoundError
    entries.sort(key=lambda entry: (entry.kind != "tree", entry.path))
    return {"ref": ref, "commit": commit, "folder": folder, "entries": entries}


def _find_place(git: GitRepository, place: str) -> tuple[str, Commit | None, str]:
    """Split `branch/with/slashes/path/to/file`, or the same with a tag or a commit's id."""
    refs, names = git.refs(), place.strip("/").split("/")
    for count in range(len(names), 0, -1):
        ref, path = "/".join(names[:count]), "/".join(names[count:])
        sha = refs.get(f"refs/heads/{ref}") or refs.get(f"refs/tags/{ref}")
        if sha is not None or (count == 1 and _COMMIT_ID.fullmatch(ref)):
            return ref, git.commit(sha or ref), path
    raise NotFoundError
