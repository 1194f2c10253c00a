"""REST: pull requests, and the comparison of branches.

Imitated: https://docs.github.com/en/rest/pulls/pulls (API version 2022-11-28).
"""

from functools import partial
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from rehearsal.github.core.errors import NotFoundError, UnmodelledError
from rehearsal.github.core.resources import PullRequest, Repository
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.repositories.comparison import compare
from rehearsal.github.repositories.pull_merge import MergeWish, merge_pull_request
from rehearsal.github.repositories.pull_requests import (
    branch_of,
    change_pull_request,
    find_pull_request,
    open_pull_request,
)
from rehearsal.github.shapes import pull_shapes, repository_shapes

AREA = "pull-requests"
_COMPARE_PAGE = 250


class NewPullRequest(BaseModel):
    """Body of ``POST …/pulls``."""

    model_config = ConfigDict(extra="allow", strict=True)
    title: str
    head: str
    base: str
    body: str | None = None
    draft: bool = False


class ChangedPullRequest(BaseModel):
    """Body of ``PATCH …/pulls/{pull_number}``."""

    model_config = ConfigDict(strict=True)
    title: str | None = None
    body: str | None = None
    state: Literal["open", "closed"] | None = None
    base: str | None = None


def list_pull_requests(call: Call) -> Reply:
    """Pull requests, newest first unless asked otherwise."""
    record = call.repository(AREA)
    found = call.github.store.select(PullRequest, repository_id=record.id)
    found = [pull for pull in found if _is_asked_for(record, pull, call.query)]
    sort = call.query.get("sort", "created")
    if sort not in {"created", "updated"}:
        raise UnmodelledError(f"pull requests sorted by {sort}")
    found.sort(key=lambda pull: (getattr(pull, f"{sort}_at"), pull.number))
    if call.query.get("direction", "desc" if sort == "created" else "asc") == "desc":
        found.reverse()
    return call.paged(found, partial(pull_shapes.pull_request, call.github, record))


def create(call: Call) -> Reply:
    """Open a pull request."""
    record = call.repository(AREA, "write")
    wish = call.parse(NewPullRequest).model_dump()
    if "issue" in wish or "head_repo" in wish:
        raise UnmodelledError("pull requests from issues and other repositories")
    made = open_pull_request(call.github, call.user(), record, wish)
    url = f"{repository_shapes.repository_address(call.github, record)}/pulls/{made.number}"
    body = pull_shapes.whole_pull_request(call.github, record, made)
    return Reply(201, body, {"Location": url})


def get(call: Call) -> Reply:
    """One pull request."""
    record = call.repository(AREA)
    pull = find_pull_request(call.github, record, call.path["pull_number"])
    return Reply(200, pull_shapes.whole_pull_request(call.github, record, pull))


def patch(call: Call) -> Reply:
    """Change a pull request."""
    record = call.repository(AREA, "write")
    pull = find_pull_request(call.github, record, call.path["pull_number"])
    wish: dict[str, Any] = call.parse(ChangedPullRequest).model_dump(exclude_unset=True)
    wish = {key: value for key, value in wish.items() if value is not None or key == "body"}
    changed = change_pull_request(call.github, call.user(), record, pull, wish)
    return Reply(200, pull_shapes.whole_pull_request(call.github, record, changed))


def merge(call: Call) -> Reply:
    """Merge a pull request."""
    record = call.repository("contents", "write")
    pull = find_pull_request(call.github, record, call.path["pull_number"])
    merged = merge_pull_request(call.github, call.user(), record, pull, call.parse(MergeWish))
    message = "Pull Request successfully merged"
    return Reply(200, {"sha": merged.merge_commit_sha, "merged": True, "message": message})


def compare_commits(call: Call) -> Reply:
    """What the second of two branches, tags or commits has that the first has not."""
    record = call.repository("contents")
    names = call.path["basehead"]
    base, dots, head = names.partition("...")
    sides = [branch_of(record, side) for side in (base, head)]
    if not dots or not sides[0] or not sides[1]:
        raise NotFoundError
    found = compare(call.github.git(record), sides[0], sides[1])
    commits, headers = call.page(list(found.ahead), default=_COMPARE_PAGE)
    body = pull_shapes.comparison(call.github, record, found, names, commits)
    return Reply(200, body, headers)


def _is_asked_for(repository: Repository, pull: PullRequest, query: dict[str, str]) -> bool:
    """``head`` counts only in the form ``owner:branch``; GitHub ignores another."""
    state, base, head = query.get("state", "open"), query.get("base"), query.get("head", "")
    return (
        (state == "all" or pull.state == state)
        and (not base or pull.base == base)
        and (":" not in head or branch_of(repository, head) == pull.head)
    )


ROUTES = (
    ApiRoute("GET", REPO + "/pulls", list_pull_requests),
    ApiRoute("POST", REPO + "/pulls", create),
    ApiRoute("GET", REPO + "/pulls/{pull_number}", get),
    ApiRoute("PATCH", REPO + "/pulls/{pull_number}", patch),
    ApiRoute("PUT", REPO + "/pulls/{pull_number}/merge", merge),
    ApiRoute("GET", REPO + "/compare/{basehead:path}", compare_commits),
)
