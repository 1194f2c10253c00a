"""Makes commits of the template's own files: the first one, and one for each later version.

The first commit is made only of what does not change between two tries: the files, the
configuration, the owner, and the moment at which GitHub made the repository. So its id is the same
each time, and a repeated request recognizes it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from git_client.folders import plant
from git_client.objects import (
    EXECUTABLE_MODE,
    FILE_MODE,
    GitObject,
    Signature,
    TreeEntry,
    blob,
    commit,
)
from project_repository import project_env
from project_repository.seed.bundle import SeedError, SeedFile

TEMPLATE_BRANCH = "template"
_TRAILER = "SageMaker-Project-Seed:"
_VERSION = re.compile(rf"^{_TRAILER} (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class CommitWithObjects:
    """A commit and all that it brings along."""

    id: str
    objects: tuple[GitObject, ...]


def first_commit(
    repository: Mapping[str, Any],
    version: str,
    files: Sequence[SeedFile],
    configuration: Mapping[str, str],
) -> CommitWithObjects:
    """Return the root commit of a repository: the seed and `project.env`.

    Raises:
        SeedError: a path is a file and a folder at once.
    """
    env = blob(project_env.render(configuration).encode())
    entry = TreeEntry(project_env.FILE_NAME, FILE_MODE, env.id)
    made = datetime.fromisoformat(str(repository["created_at"]))
    return _commit(
        version,
        files,
        entry,
        (),
        owner_signature(repository, made.timestamp()),
        "Seed the repository from the SageMaker project template",
        (env,),
    )


def next_commit(
    version: str,
    files: Sequence[SeedFile],
    *,
    env: TreeEntry | None,
    parent: str,
    signature: Signature,
) -> CommitWithObjects:
    """Return a later version of the template's files, with the `project.env` that is there.

    Raises:
        SeedError: a path is a file and a folder at once.
    """
    title = "Update the seed code from the SageMaker project template"
    return _commit(version, files, env, (parent,), signature, title, ())


def version_of(message: str) -> str | None:
    """Return which version of the seed a commit holds; None if it is not one of ours."""
    found = _VERSION.search(message)
    return found[1] if found else None


def owner_signature(repository: Mapping[str, Any], seconds: float) -> Signature:
    """Sign as the repository's owner, with the address that GitHub keeps for such use."""
    owner = repository["owner"]
    host = urlsplit(str(repository["clone_url"])).hostname
    email = f"{owner['id']}+{owner['login']}@users.noreply.{host}"
    return Signature(str(owner["login"]), email, int(seconds))


def _commit(
    version: str,
    files: Sequence[SeedFile],
    env: TreeEntry | None,
    parents: Sequence[str],
    signature: Signature,
    title: str,
    more: tuple[GitObject, ...],
) -> CommitWithObjects:
    contents = {file.path: blob(file.content) for file in files}
    entries = {
        file.path: (
            EXECUTABLE_MODE if file.is_executable else FILE_MODE,
            contents[file.path].id,
        )
        for file in files
    }
    entries.pop(project_env.FILE_NAME, None)
    if env is not None:
        entries[env.name] = (env.mode, env.id)
    try:
        trees = plant(entries)
    except ValueError as error:
        raise SeedError(version, f"cannot be a folder of files ({error})") from None
    message = f"{title}\n\n{_TRAILER} {version}\n"
    made = commit(trees[-1].id, parents, signature, message)
    return CommitWithObjects(made.id, (made, *trees, *contents.values(), *more))
