"""REST: comments on commits.

Imitated: https://docs.github.com/en/rest/commits/comments (API version 2022-11-28). Comments on a
line of a file are not modelled.
"""

from functools import partial
from typing import Any

from pydantic import BaseModel, Field

from rehearsal.github.core.errors import UnmodelledError, ValidationError
from rehearsal.github.core.resources import CommitComment, Repository
from rehearsal.github.git.git_objects import NO_COMMIT
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.shapes import repository_shapes

_LONGEST_BODY = 65_536
_OF_A_LINE = ("path", "position", "line")


class NewComment(BaseModel):
    """Body of ``POST …/commits/{sha}/comments``."""

    body: str = Field(min_length=1, max_length=_LONGEST_BODY)


def list_comments(call: Call) -> Reply:
    """Comments on a commit, oldest first."""
    record = call.repository("contents")
    sha = _commit(call, record)
    found = call.github.store.select(CommitComment, repository_id=record.id, sha=sha)
    return call.paged(found, partial(_shape, call, record))


def post_comment(call: Call) -> Reply:
    """Comment on a commit."""
    record = call.repository("contents", "write")
    wish = call.parse(NewComment)
    if any(call.body.get(name) is not None for name in _OF_A_LINE):
        raise UnmodelledError("comments on a line of a commit")
    now = call.github.now()
    comment = call.github.store.put(
        CommitComment(
            id=call.github.store.next_id("CommitComment"),
            repository_id=record.id,
            created_at=now,
            updated_at=now,
            sha=_commit(call, record),
            author=call.user().account.login,
            body=wish.body,
        )
    )
    shape = _shape(call, record, comment)
    return Reply(201, shape, {"Location": shape["url"]})


def _commit(call: Call, record: Repository) -> str:
    sha = call.path["sha"]
    if len(sha) != len(NO_COMMIT) or call.github.git(record).commit(sha) is None:
        raise ValidationError(f"No commit found for SHA: {sha}")
    return sha


def _shape(call: Call, record: Repository, comment: CommitComment) -> dict[str, Any]:
    api = repository_shapes.repository_address(call.github, record)
    web = f"{call.github.server_url}/{record.full_name}/commit/{comment.sha}"
    author = call.github.access.account(comment.author)
    return {
        "node_id": repository_shapes.node_id("CC", comment.id),
        "url": f"{api}/comments/{comment.id}",
        "html_url": f"{web}#commitcomment-{comment.id}",
        "commit_id": comment.sha,
        "user": repository_shapes.simple_user(call.github, author),
        "author_association": "OWNER" if record.owner == comment.author else "MEMBER",
    } | {
        **dict.fromkeys(_OF_A_LINE),
        **repository_shapes.plain(comment, "id", "body", "created_at", "updated_at"),
    }


ROUTES = (
    ApiRoute("GET", REPO + "/commits/{sha}/comments", list_comments),
    ApiRoute("POST", REPO + "/commits/{sha}/comments", post_comment),
)
