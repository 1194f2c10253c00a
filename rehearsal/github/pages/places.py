"""Finds the commit, and the path in it, that an address names."""

import re

from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.git.git_objects import Commit
from rehearsal.github.git.git_repository import GitRepository

COMMIT_ID = re.compile(r"[0-9a-f]{7,40}")


def find_place(git: GitRepository, place: str) -> tuple[str, Commit, str]:
    """Split `branch/with/slashes/path/to/file`, or the same with a tag or a commit's id.

    Nothing else names a commit here: git would search its whole history for some names.

    Raises:
        NotFoundError: there is no such commit.
    """
    refs, names = git.refs(), place.strip("/").split("/")
    for count in range(len(names), 0, -1):
        ref, path = "/".join(names[:count]), "/".join(names[count:])
        sha = refs.get(f"refs/heads/{ref}") or refs.get(f"refs/tags/{ref}")
        if sha is not None or (count == 1 and COMMIT_ID.fullmatch(ref)):
            commit = git.commit(sha or ref)
            if commit is not None:
                return ref, commit, path
    raise NotFoundError


def find_commit(git: GitRepository, name: str) -> Commit:
    """The commit of a branch, a tag or an id.

    Raises:
        NotFoundError: there is none.
    """
    _, commit, path = find_place(git, name)
    if path:
        raise NotFoundError
    return commit
