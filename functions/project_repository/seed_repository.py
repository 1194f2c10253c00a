"""Writes the seed into a repository as one commit: tree, commit, reference.

Text travels inside the tree, so the number of requests does not grow with the number of files;
only binary and large files need a blob each. A commit says in a trailer what it was made from, by
which a repeated request finds that its work is done.
"""

import base64
import logging
from dataclasses import dataclass
from typing import Any

from github_client.api import NOT_READY, GitHubApi
from github_client.errors import RefusedError
from project_repository import project_env
from project_repository.identity import RepositoryIdentity
from project_repository.repository import find_by_id
from project_repository.request import ContentRequest
from project_repository.seed_bundle import SeedFile

MAX_INLINE_BYTES = 256 * 1024
_SEED_TRAILER = "SageMaker-Project-Seed:"
_PUSH_ATTEMPTS = 3

_log = logging.getLogger(__name__)


class ContentTargetError(Exception):
    """The repository to be filled is not there."""

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The repository {full_name} to be filled is gone or the token no longer reaches "
            "it; restore it or the token's access, or launch the project again."
        )


@dataclass(frozen=True)
class _Head:
    """Where the default branch stands."""

    path: str  # of the repository in the API
    branch: str
    commit: str
    tree: str
    parents: int
    message: str


def seed_repository(api: GitHubApi, request: ContentRequest, files: list[SeedFile]) -> str:
    """Write `files` and `project.env` as one commit on the default branch, once.

    Returns:
        What was done, in one sentence.

    Raises:
        ContentTargetError: the repository is gone.
        RepositoryNotOursError: its name leads to another one.
    """
    repository = _repository(api, request)
    for attempt in range(1, _PUSH_ATTEMPTS + 1):
        head = _head(api, repository)
        if head.parents and _is_seeded(api, head):
            return f"The repository {request.full_name} was seeded before."
        env = SeedFile(
            project_env.FILE_NAME, project_env.render(request.configuration).encode(), False
        )
        others = [file for file in files if file.path != env.path]
        entries = [_entry(api, head, file) for file in [*others, env]]
        # GitHub's own first commit is replaced; what a user pushed since is kept.
        base = {"base_tree": head.tree} if head.parents else {}
        message = (
            "Seed the repository from the SageMaker project template\n\n"
            f"{_SEED_TRAILER} {request.seed_key}"
        )
        if _commit(api, head, {**base, "tree": entries}, message, last=attempt == _PUSH_ATTEMPTS):
            break
    return f"The repository {request.full_name} is seeded with {len(entries)} files."


def write_configuration(api: GitHubApi, request: ContentRequest, previous: dict[str, str]) -> str:
    """Commit a changed `project.env`, and nothing when it already says what is wanted.

    Returns:
        What was done, in one sentence.
    """
    repository = _repository(api, request)
    for attempt in range(1, _PUSH_ATTEMPTS + 1):
        head = _head(api, repository)
        current = _read_text(api, head, project_env.FILE_NAME)
        wanted = project_env.merge(current, previous, request.configuration)
        if wanted == current:
            return f"The configuration in {request.full_name} is up to date."
        entry = _entry(api, head, SeedFile(project_env.FILE_NAME, wanted.encode(), False))
        message = "Update project.env from the SageMaker project"
        tree = {"base_tree": head.tree, "tree": [entry]}
        if _commit(api, head, tree, message, last=attempt == _PUSH_ATTEMPTS):
            break
    return f"The configuration in {request.full_name} is updated."


def _repository(api: GitHubApi, request: ContentRequest) -> dict[str, Any]:
    repository = find_by_id(api, RepositoryIdentity(request.full_name, request.repository_id))
    if repository is None:
        raise ContentTargetError(request.full_name)
    return repository


def _head(api: GitHubApi, repository: dict[str, Any]) -> _Head:
    path, branch = f"/repos/{repository['full_name']}", str(repository["default_branch"])
    reference = api.send("GET", f"{path}/git/ref/heads/{branch}", not_ready=NOT_READY).body
    sha = reference["object"]["sha"]
    commit = api.send("GET", f"{path}/git/commits/{sha}", not_ready=NOT_READY).body
    tree, parents = commit["tree"]["sha"], len(commit["parents"])
    return _Head(path, branch, sha, tree, parents, commit["message"])


def _is_seeded(api: GitHubApi, head: _Head) -> bool:
    if _SEED_TRAILER in head.message:
        return True
    commits = api.send("GET", f"{head.path}/commits?sha={head.commit}&per_page=100").body
    return any(_SEED_TRAILER in item["commit"]["message"] for item in commits)


def _entry(api: GitHubApi, head: _Head, file: SeedFile) -> dict[str, str]:
    mode = "100755" if file.is_executable else "100644"
    entry = {"path": file.path, "mode": mode, "type": "blob"}
    text = _inline_text(file.content)
    if text is not None:
        return {**entry, "content": text}
    blob = {"content": base64.b64encode(file.content).decode(), "encoding": "base64"}
    answer = api.send("POST", f"{head.path}/git/blobs", blob, not_ready=NOT_READY)
    return {**entry, "sha": answer.body["sha"]}


def _inline_text(content: bytes) -> str | None:
    if len(content) > MAX_INLINE_BYTES or b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _commit(api: GitHubApi, head: _Head, tree: dict[str, Any], message: str, *, last: bool) -> bool:
    """Add one commit to the branch; return False if the branch moved meanwhile."""
    path = head.path
    made_tree = api.send("POST", f"{path}/git/trees", tree, not_ready=NOT_READY).body
    commit = {"message": message, "tree": made_tree["sha"], "parents": [head.commit]}
    made_commit = api.send("POST", f"{path}/git/commits", commit, not_ready=NOT_READY).body
    try:
        api.send(
            "PATCH",
            f"{path}/git/refs/heads/{head.branch}",
            {"sha": made_commit["sha"], "force": False},
            not_ready=NOT_READY,
        )
    except RefusedError as error:
        if error.status != 422 or "fast forward" not in error.said.lower() or last:
            raise
        _log.info("%s moved while it was written; trying again on its new head", path)
        return False
    return True


def _read_text(api: GitHubApi, head: _Head, name: str) -> str:
    """Return a file at the head, empty if it is not there."""
    answer = api.send("GET", f"{head.path}/contents/{name}?ref={head.commit}", accept=(404,))
    if answer.status == 404:
        return ""
    return base64.b64decode(answer.body["content"]).decode("utf-8")
