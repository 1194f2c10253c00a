"""REST: blobs, trees, commits and references of the git data API, to which git itself writes.

Imitated: https://docs.github.com/en/rest/git (API version 2022-11-28).
"""

import base64

from pydantic import BaseModel, Field

from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.repositories.git_data import create_reference, find_commit
from rehearsal.github.shapes import git_shapes, repository_shapes


class NewReference(BaseModel):
    """Body of ``POST …/git/refs``."""

    ref: str
    sha: str = Field(pattern=r"^[0-9a-f]{40}$")


def get_blob(call: Call) -> Reply:
    """A file's content by its id."""
    record, git = call.content()
    found = git.read([call.path["sha"]])[0]
    if found is None or found[1] != "blob":
        raise NotFoundError
    body = {
        "sha": found[0],
        "node_id": repository_shapes.node_id("B", found[0]),
        "size": len(found[2]),
        "url": f"{repository_shapes.repository_address(call.github, record)}/git/blobs/{found[0]}",
        "content": base64.encodebytes(found[2]).decode(),
        "encoding": "base64",
    }
    return Reply(200, body)


def get_tree(call: Call) -> Reply:
    """A tree by its id or by a branch."""
    record, git = call.content()
    found = git.read([f"{call.path['sha']}^{{tree}}"])[0]
    if found is None:
        raise NotFoundError
    entries = git.tree(found[0], recursive=bool(call.query.get("recursive")))
    return Reply(200, git_shapes.tree(call.github, record, found[0], entries))


def get_commit(call: Call) -> Reply:
    """A commit by its id."""
    record, git = call.content()
    commit = find_commit(git, call.path["sha"])
    return Reply(200, git_shapes.git_commit(call.github, record, commit))


def get_reference(call: Call) -> Reply:
    """One branch or tag."""
    record, git = call.content()
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


ROUTES = (
    ApiRoute("GET", REPO + "/git/blobs/{sha}", get_blob),
    ApiRoute("GET", REPO + "/git/trees/{sha}", get_tree),
    ApiRoute("GET", REPO + "/git/commits/{sha}", get_commit),
    ApiRoute("GET", REPO + "/git/ref/{ref:path}", get_reference),
    ApiRoute("POST", REPO + "/git/refs", post_reference),
)
