"""Writes changed variables: one commit of `project.env`, on whatever the default branch is then."""

import base64
import logging
from collections.abc import Mapping

from git_client.errors import BranchMovedError
from git_client.objects import FILE_MODE, TreeEntry, blob, commit, tree
from git_client.references import Advertisement
from github_client.errors import GitHubError
from project_repository import project_env
from project_repository.content_target import BranchGoneError, ContentTarget
from project_repository.seed.commit import owner_signature

_PUSH_ATTEMPTS = 3
_TITLE = "Update project.env from the SageMaker project"

_log = logging.getLogger(__name__)


class UnwritableFolderError(GitHubError):
    """The outermost folder cannot be rewritten without changing something else in it."""

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The folder of {full_name} holds a name that GitHub does not return exactly, so "
            f"{project_env.FILE_NAME} was not touched; rename what is not in UTF-8, or have fewer "
            "entries there, and update the project again."
        )


def write_configuration(
    target: ContentTarget, wanted: Mapping[str, str], previous: Mapping[str, str]
) -> str:
    """Commit a changed `project.env`, and nothing when it already says what is wanted.

    Returns:
        What was done, in one sentence.

    Raises:
        BranchGoneError: there is no default branch.
        PushError: GitHub refuses the push, or somebody else is faster each time.
    """
    attempts = 1
    while True:
        try:
            return _write(target, wanted, previous)
        except BranchMovedError:
            if attempts == _PUSH_ATTEMPTS:
                raise
            _log.info("%s moved while it was written; building on its new head", target.full_name)
            attempts += 1


def _write(target: ContentTarget, wanted: Mapping[str, str], previous: Mapping[str, str]) -> str:
    known = target.branches()
    head = known.branch(target.default_branch)
    if head is None:
        raise BranchGoneError(target.full_name, target.default_branch)
    entries = root_entries(target, str(target.git("commits", head)["tree"]["sha"]))
    old = entries.get(project_env.FILE_NAME)
    current = _text(target, old.id) if old else ""
    new = project_env.merge(current, previous, wanted)
    if new == current:
        return f"The configuration in {target.full_name} is up to date."
    _push(target, known, head, entries, new)
    return f"The configuration in {target.full_name} is updated."


def _push(
    target: ContentTarget,
    known: Advertisement,
    head: str,
    entries: Mapping[str, TreeEntry],
    text: str,
) -> None:
    file = blob(text.encode())
    old = entries.get(project_env.FILE_NAME)
    entry = TreeEntry(project_env.FILE_NAME, old.mode if old else FILE_MODE, file.id)
    root = tree({**entries, entry.name: entry}.values())
    signature = owner_signature(target.repository, target.api.deadline.clock())
    made = commit(root.id, [head], signature, _TITLE)
    target.remote.push(known, {target.default_branch: made.id}, [made, root, file])


def root_entries(target: ContentTarget, tree_id: str) -> dict[str, TreeEntry]:
    """Return the outermost folder by name.

    Raises:
        UnwritableFolderError: what GitHub says of it does not make the same folder again.
    """
    listed = target.git("trees", tree_id)["tree"]
    entries = {
        item["path"]: TreeEntry(item["path"], item["mode"].lstrip("0"), item["sha"])
        for item in listed
    }
    if tree(entries.values()).id != tree_id:
        raise UnwritableFolderError(target.full_name)
    return entries


def _text(target: ContentTarget, blob_id: str) -> str:
    content = base64.b64decode(target.git("blobs", blob_id)["content"])
    return content.decode("utf-8", "replace")
