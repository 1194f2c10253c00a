"""REST: reports of outside systems about commits.

Imitated: https://docs.github.com/en/rest/commits/statuses (API version 2022-11-28).
"""

from functools import partial
from typing import Any, Literal

from pydantic import BaseModel, Field

from rehearsal.github.core.errors import ValidationError
from rehearsal.github.core.resources import CommitStatus, Repository
from rehearsal.github.git.git_objects import NO_COMMIT
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.http.rest_contents import named_commit
from rehearsal.github.repositories.commit_statuses import newest_reports
from rehearsal.github.shapes import repository_shapes

CONTEXT_LIMIT = 1000
_WORST_FIRST = ("error", "failure", "pending", "success")


class NewStatus(BaseModel):
    """Body of ``POST …/statuses/{sha}``."""

    state: Literal["error", "failure", "pending", "success"]
    context: str = Field(default="default", min_length=1)
    description: str | None = Field(default=None, max_length=140)
    target_url: str | None = None


def post_status(call: Call) -> Reply:
    """Report about a commit."""
    record = call.repository("statuses", "write")
    wish = call.parse(NewStatus)
    sha = call.path["sha"]
    if call.github.git(record).commit(sha) is None or len(sha) != len(NO_COMMIT):
        raise ValidationError(f"No commit found for SHA: {sha}")
    store = call.github.store
    same = store.select(CommitStatus, repository_id=record.id, sha=sha, context=wish.context)
    if len(same) >= CONTEXT_LIMIT:
        raise ValidationError("This SHA and context has reached the maximum number of statuses.")
    status = CommitStatus(
        id=store.next_id("CommitStatus"),
        repository_id=record.id,
        sha=sha,
        state=wish.state,
        context=wish.context,
        description=wish.description,
        target_url=wish.target_url,
        creator=call.user().account.login,
        created_at=call.github.now(),
    )
    store.put(status)
    return Reply(201, _status(call, record, status))


def list_statuses(call: Call) -> Reply:
    """Reports about a commit, newest first."""
    record = call.repository("statuses")
    commit = named_commit(call.github.git(record), call.path["ref"])
    reports = call.github.store.newest(CommitStatus, repository_id=record.id, sha=commit.sha)
    return call.paged(reports, partial(_status, call, record))


def combined_status(call: Call) -> Reply:
    """The newest report of each context, and their sum."""
    record = call.repository("statuses")
    commit = named_commit(call.github.git(record), call.path["ref"])
    newest = newest_reports(call.github, record, commit.sha)
    states = {status.state for status in newest}
    worst = next((state for state in _WORST_FIRST if state in states), "pending")
    url = f"{repository_shapes.repository_address(call.github, record)}/commits/{commit.sha}"
    body = {
        "state": "failure" if worst == "error" else worst,
        "sha": commit.sha,
        "total_count": len(newest),
        "statuses": [_status(call, record, status) for status in newest],
        "repository": repository_shapes.minimal_repository(call.github, record),
        "commit_url": url,
        "url": f"{url}/status",
    }
    return Reply(200, body)


def _status(call: Call, record: Repository, status: CommitStatus) -> dict[str, Any]:
    creator = repository_shapes.simple_user(call.github, call.github.access.account(status.creator))
    url = repository_shapes.repository_address(call.github, record)
    plain = ("id", "state", "context", "description", "target_url", "created_at")
    return repository_shapes.plain(status, *plain) | {
        "node_id": repository_shapes.node_id("SC", status.id),
        "url": f"{url}/statuses/{status.sha}",
        "avatar_url": creator["avatar_url"],
        "updated_at": status.created_at,
        "creator": creator,
    }


ROUTES = (
    ApiRoute("GET", REPO + "/commits/{ref:path}/status", combined_status),
    ApiRoute("GET", REPO + "/commits/{ref:path}/statuses", list_statuses),
    ApiRoute("POST", REPO + "/statuses/{sha}", post_status),
)
