"""REST: comments in the conversation of a pull request, which GitHub keeps with its issues.

Imitated: https://docs.github.com/en/rest/issues/comments (API version 2022-11-28). There are no
other issues here. A job's token may use either permission, ``issues`` or ``pull-requests``.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import BaseModel, Field

from rehearsal.github.core.errors import ForbiddenError
from rehearsal.github.core.resources import Comment, Repository
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.repositories.pull_requests import find_pull_request
from rehearsal.github.shapes import repository_shapes


class Body(BaseModel):
    """Body of ``POST`` and ``PATCH``."""

    body: str = Field(min_length=1)


def list_comments(call: Call) -> Reply:
    """Comments of a pull request, oldest first."""
    record = _repository(call, "read")
    number = find_pull_request(call.github, record, call.path["number"]).number
    found = call.github.store.select(Comment, repository_id=record.id, number=number)
    return call.paged(found, partial(_shape, call, record))


def post_comment(call: Call) -> Reply:
    """Comment on a pull request."""
    record = _repository(call, "write")
    number = find_pull_request(call.github, record, call.path["number"]).number
    now = call.github.now()
    comment = call.github.store.put(
        Comment(
            id=call.github.store.next_id("Comment"),
            repository_id=record.id,
            number=number,
            author=call.user().account.login,
            body=call.parse(Body).body,
            created_at=now,
            updated_at=now,
        )
    )
    shape = _shape(call, record, comment)
    return Reply(201, shape, {"Location": shape["url"]})


def patch_comment(call: Call) -> Reply:
    """Write a comment anew."""
    record = _repository(call, "write")
    wish = call.parse(Body)
    changed = replace(
        call.owned(Comment, record, "comment"), body=wish.body, updated_at=call.github.now()
    )
    return Reply(200, _shape(call, record, call.github.store.put(changed)))


def _repository(call: Call, level: str) -> Repository:
    try:
        return call.repository("pull-requests", level)
    except ForbiddenError:
        return call.repository("issues", level)


def _shape(call: Call, record: Repository, comment: Comment) -> dict[str, Any]:
    api = repository_shapes.repository_address(call.github, record)
    web = f"{call.github.server_url}/{record.full_name}/pull/{comment.number}"
    author = call.github.access.account(comment.author)
    return {
        "node_id": repository_shapes.node_id("IC", comment.id),
        "url": f"{api}/issues/comments/{comment.id}",
        "html_url": f"{web}#issuecomment-{comment.id}",
        "issue_url": f"{api}/issues/{comment.number}",
        "user": repository_shapes.simple_user(call.github, author),
        "author_association": "OWNER" if record.owner == comment.author else "MEMBER",
    } | repository_shapes.plain(comment, "id", "body", "created_at", "updated_at")


ROUTES = (
    ApiRoute("GET", REPO + "/issues/{number}/comments", list_comments),
    ApiRoute("POST", REPO + "/issues/{number}/comments", post_comment),
    ApiRoute("PATCH", REPO + "/issues/comments/{comment}", patch_comment),
)
