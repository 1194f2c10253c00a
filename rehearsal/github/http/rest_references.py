"""REST: branches and tags of the git data API.

Imitated: https://docs.github.com/en/rest/git/refs (API version 2022-11-28).
"""

from pydantic import BaseModel, Field

from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.http.call import ApiRoute, Call, Reply
from rehearsal.github.http.rest_git_data import REPO, SHA, opened
from rehearsal.github.repositories.git_data import (
    create_reference,
    delete_reference,
    update_reference,
)
from rehearsal.github.shapes import git_shapes


class NewReference(BaseModel):
    """Body of ``POST …/git/refs``."""

    ref: str
    sha: str = Field(pattern=SHA)


class MovedReference(BaseModel):
    """Body of ``PATCH …/git/refs/{ref}``."""

    sha: str = Field(pattern=SHA)
    force: bool = False


def get_reference(call: Call) -> Reply:
    """One branch or tag."""
    record, git = opened(call)
    ref = f"refs/{call.path['ref']}"
    sha = git.ref(ref)
    if sha is None:
        raise NotFoundError
    return Reply(200, git_shapes.reference(call.github, record, ref, sha))


def post_reference(call: Call) -> Reply:
    """Create a branch or tag."""
    record = call.repository("contents", "write")
    wish = call.parse(NewReference)
    create_reference(call.github, call.user(), record, wish.ref, wish.sha)
    body = git_shapes.reference(call.github, record, wish.ref, wish.sha)
    return Reply(201, body, {"Location": body["url"]})


def patch_reference(call: Call) -> Reply:
    """Move a branch or tag."""
    record = call.repository("contents", "write")
    wish = call.parse(MovedReference)
    ref = f"refs/{call.path['ref']}"
    update_reference(call.github, call.user(), record, ref=ref, sha=wish.sha, force=wish.force)
    return Reply(200, git_shapes.reference(call.github, record, ref, wish.sha))


def remove_reference(call: Call) -> Reply:
    """Delete a branch or tag."""
    record = call.repository("contents", "write")
    delete_reference(call.github, call.user(), record, f"refs/{call.path['ref']}")
    return Reply(204)


ROUTES = (
    ApiRoute("POST", REPO + "/git/refs", post_reference),
    ApiRoute("GET", REPO + "/git/ref/{ref:path}", get_reference),
    ApiRoute("PATCH", REPO + "/git/refs/{ref:path}", patch_reference),
    ApiRoute("DELETE", REPO + "/git/refs/{ref:path}", remove_reference),
)
