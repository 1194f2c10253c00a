"""Offers a new version of the seed code; git merges it, and a person decides.

`template` holds nothing but the template's own versions, and its first commit is an ancestor of the
default branch. A new version is one commit on it. The pull request comes from a branch of its own,
`template-<commit>`, that begins at this commit: GitHub's conflict editor and its button "Update
branch" write into the branch of a pull request, and `template` must stay pristine.
"""

import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, quote_plus

from git_client.errors import BranchMovedError
from git_client.references import Advertisement
from github_client.api import NOT_READY
from github_client.errors import RefusedError
from project_repository import project_env
from project_repository.content_target import ContentTarget
from project_repository.seed.bundle import SeedFile
from project_repository.seed.commit import (
    TEMPLATE_BRANCH,
    next_commit,
    owner_signature,
    version_of,
)
from project_repository.write_configuration import root_entries

_PUSH_ATTEMPTS = 3
_ID_DIGITS = 8
_TITLE = "Update the seed code from the SageMaker project template"
_BODY = (
    "The platform team published a new version of the template that this repository was created "
    "from. This pull request holds the difference between the two versions, and nothing else: "
    "merging it keeps your changes, and what both sides changed shows as a conflict for you to "
    "decide. Close it to decline this version.\n\n"
    "The branch `template` keeps the template's files as they were published; please do not "
    "push to it."
)

_log = logging.getLogger(__name__)


def offer_upgrade(target: ContentTarget, version: str, files: Sequence[SeedFile]) -> str:
    """Bring `template` to a version of the seed, and look after the pull request.

    Returns:
        What was done, in one sentence.

    Raises:
        PushError: GitHub refuses the push.
    """
    for attempt in range(1, _PUSH_ATTEMPTS + 1):
        known = target.branches()
        head = known.branch(TEMPLATE_BRANCH)
        if head is None:
            return (
                f"The new seed code is not offered to {target.full_name}, because its branch "
                f"{TEMPLATE_BRANCH} is gone; restore that branch to be offered the next version."
            )
        try:
            offered = _advance(target, known, head, version, files)
            break
        except BranchMovedError:
            if attempt == _PUSH_ATTEMPTS:
                raise
    if offered is None:
        return (
            f"The new seed code is not offered to {target.full_name}, because somebody pushed to "
            f"its branch {TEMPLATE_BRANCH}; move that branch back to the template's last commit "
            "to be offered the next version."
        )
    return _look_after_pull_requests(target, known, offered)


def _advance(
    target: ContentTarget, known: Advertisement, head: str, version: str, files: Sequence[SeedFile]
) -> str | None:
    """Return the commit of this version, made if need be; None if `template` is not pristine."""
    current = target.git("commits", head)
    present = version_of(str(current["message"]))
    if present is None:
        return None
    if present == version:
        return head
    env = root_entries(target, str(current["tree"]["sha"])).get(project_env.FILE_NAME)
    signature = owner_signature(target.repository, target.api.deadline.clock())
    made = next_commit(version, files, env=env, parent=head, signature=signature)
    target.remote.push(known, {TEMPLATE_BRANCH: made.id}, made.objects)
    return made.id


def _look_after_pull_requests(target: ContentTarget, known: Advertisement, commit: str) -> str:
    branch = f"{TEMPLATE_BRANCH}-{commit[:_ID_DIGITS]}"
    has_news = _has_news(target, commit)
    _close_older_offers(target, branch)
    if not has_news:
        return f"The repository {target.full_name} holds this version of the seed code already."
    earlier = _pull_requests(target, f"state=all&head={_head_filter(target, branch)}")
    if earlier:
        return f"The new seed code was offered before as {earlier[0]['html_url']}."
    if known.branch(branch) is None:
        target.remote.push(known, {branch: commit}, [])
    return _open(target, branch)


def _has_news(target: ContentTarget, commit: str) -> bool:
    """Tell whether merging the commit would change the default branch."""
    base = quote(target.default_branch)
    compared = target.read(f"/compare/{base}...{commit}")
    return bool(compared["ahead_by"] and compared["files"])


def _close_older_offers(target: ContentTarget, branch: str) -> None:
    prefix = f"{TEMPLATE_BRANCH}-"
    for pull in _pull_requests(target, "state=open&per_page=100"):
        head = pull["head"]
        own = (head["repo"] or {}).get("id") == target.repository["id"]
        if own and head["ref"].startswith(prefix) and head["ref"] != branch:
            target.api.send("PATCH", f"{target.path}/pulls/{pull['number']}", {"state": "closed"})
            _log.info("%s: closed the older offer %s", target.full_name, pull["number"])


def _pull_requests(target: ContentTarget, query: str) -> list[dict[str, Any]]:
    base = quote_plus(target.default_branch)
    return list(target.read(f"/pulls?base={base}&{query}"))


def _head_filter(target: ContentTarget, branch: str) -> str:
    return quote_plus(f"{target.repository['owner']['login']}:{branch}")


def _open(target: ContentTarget, branch: str) -> str:
    wish = {"title": _TITLE, "body": _BODY, "head": branch, "base": target.default_branch}
    try:
        # A branch that was just pushed may not be known everywhere yet.
        made = target.api.send("POST", f"{target.path}/pulls", wish, not_ready=NOT_READY).body
    except RefusedError as error:
        if error.status == 422 and "already exists" in error.said:
            return f"The new seed code is offered to {target.full_name} as a pull request."
        raise
    return f"The new seed code is offered as {made['html_url']}."
