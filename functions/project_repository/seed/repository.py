"""Fills a new repository with one push: one commit on the default branch and on `template`.

All of it arrives or nothing, so every try finds the repository either empty or seeded. `template`
keeps the pristine seed, for later versions of it (see `upgrade_offer.py`).
"""

import logging
from collections.abc import Sequence

from git_client.errors import BranchMovedError
from github_client.api import NOT_READY
from project_repository.content_target import ContentTarget, ForeignContentError
from project_repository.repository import DEFAULT_BRANCH
from project_repository.request import ContentRequest
from project_repository.seed.bundle import SeedFile
from project_repository.seed.commit import TEMPLATE_BRANCH, first_commit

_BRANCHES = (DEFAULT_BRANCH, TEMPLATE_BRANCH)

_log = logging.getLogger(__name__)


def seed_repository(
    target: ContentTarget, request: ContentRequest, files: Sequence[SeedFile]
) -> str:
    """Push `files` and `project.env`, once, to a repository without commits.

    Returns:
        What was done, in one sentence.

    Raises:
        ForeignContentError: somebody pushed before.
        PushError: GitHub refuses the push.
    """
    done = _push(target, request, files)
    _ensure_default_branch(target)
    return done


def _push(target: ContentTarget, request: ContentRequest, files: Sequence[SeedFile]) -> str:
    known = target.branches()
    if known.branch(TEMPLATE_BRANCH) and known.branch(DEFAULT_BRANCH):
        return f"The repository {target.full_name} was seeded before."
    seed = first_commit(target.repository, request.seed_version, files, request.configuration)
    for branch in _BRANCHES:
        if known.branch(branch) not in (None, seed.id):
            raise ForeignContentError(target.full_name, branch)
    # Both, unless a server without atomic pushes was cut off between the two.
    updates = {branch: seed.id for branch in _BRANCHES if known.branch(branch) is None}
    try:
        target.remote.push(known, updates, seed.objects)
    except BranchMovedError:
        raise ForeignContentError(target.full_name, DEFAULT_BRANCH) from None
    count = len({file.path for file in files} | {"project.env"})
    return f"The repository {target.full_name} is seeded with {count} files."


def _ensure_default_branch(target: ContentTarget) -> None:
    """Make ours the default where the owner's setting for new repositories is another one."""
    if target.default_branch == DEFAULT_BRANCH:
        return
    now = target.read("")["default_branch"]
    if now != DEFAULT_BRANCH:
        wanted = {"default_branch": DEFAULT_BRANCH}
        target.api.send("PATCH", target.path, wanted, not_ready=NOT_READY)
        _log.info("%s: default branch %s became %s", target.full_name, now, DEFAULT_BRANCH)
