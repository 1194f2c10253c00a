"""REST: blobs, trees and commits.

Imitated: https://docs.github.com/en/rest/git (API version 2022-11-28).
"""

import base64
import binascii

from pydantic import AwareDatetime, BaseModel, Field

from rehearsal.github.core.errors import NotFoundError, ValidationError
from rehearsal.github.core.resources import Repository
from rehearsal.github.git.git_objects import Signature
from rehearsal.github.git.git_repository import GitRepository
from rehearsal.github.http.call import ApiRoute, Call, Reply
from rehearsal.github.repositories.git_data import Change, create_tree, find_commit, require_commits
from rehearsal.github.repositories.repositories import signature_of
from rehearsal.github.shapes import git_shapes, repository_shapes

REPO = "/repos/{owner}/{repo}"
SHA = r"^[0-9a-f]{40}$"


class TreeChange(BaseModel):
    """One entry of ``POST …/git/trees``."""

    path: str
    mode: str
    type: str | None = None
    sha: str | None = Field(default=None, pattern=SHA)
    content: str | None = None


class NewTree(BaseModel):
    """Body of ``POST …/git/trees``."""

    tree: list[TreeChange]
    base_tree: str | None = None


class Person(BaseModel):
    """Author or committer of a new commit."""

    name: str
    email: str
    date: AwareDatetime | None = None


class NewCommit(BaseModel):
    """Body of ``POST …/git/commits``."""

    message: str
    tree: str = Field(pattern=SHA)
    parents: list[str] = Field(default_factory=list)
    author: Person | None = None
    committer: Person | None = None


def get_blob(call: Call) -> Reply:
    """A file's content by its id."""
    record, git = opened(call)
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


def post_tree(call: Call) -> Reply:
    """Write a tree from a base tree and changes."""
    record = call.repository("contents", "write")
    git = call.github.git(record)
    wish = call.parse(NewTree)
    if not wish.tree:
        raise ValidationError("Invalid tree info")
    changes = [Change(c.path, c.mode, c.content, c.sha) for c in wish.tree]
    sha = create_tree(git, call.user(), wish.base_tree, changes)
    body = git_shapes.tree(call.github, record, sha, git.tree(sha, recursive=False))
    return Reply(201, body, {"Location": body["url"]})


def get_tree(call: Call) -> Reply:
    """A tree by its id or by a branch."""
    record, git = opened(call)
    found = git.read([f"{call.path['sha']}^{{tree}}"])[0]
    if found is None:
        raise NotFoundError
    entries = git.tree(found[0], recursive=bool(call.query.get("recursive")))
    return Reply(200, git_shapes.tree(call.github, record, found[0], entries))


def create_commit(call: Call) -> Reply:
    """Store a commit; no branch moves."""
    record, git = opened(call, "write")
    wish = call.parse(NewCommit)
    names = [f"{wish.tree}^{{tree}}", *(f"{parent}^{{commit}}" for parent in wish.parents)]
    if None in (found := git.read(names)):
        role = "Tree" if found[0] is None else "Parent"
        raise ValidationError(f"{role} SHA does not exist or is not a {role.lower()} object")
    commit = git.write_commit(
        tree=wish.tree,
        parents=wish.parents,
        author=signed(call, wish.author),
        committer=signed(call, wish.committer or wish.author),
        message=wish.message,
    )
    body = git_shapes.git_commit(call.github, record, commit)
    return Reply(201, body, {"Location": body["url"]})


def get_commit(call: Call) -> Reply:
    """A commit by its id."""
    record, git = opened(call)
    return Reply(
        200, git_shapes.git_commit(call.github, record, find_commit(git, call.path["sha"]))
    )


def opened(call: Call, level: str = "read") -> tuple[Repository, GitRepository]:
    """The repository in the path and its git data, which has a commit."""
    record = call.repository("contents", level)
    git = call.github.git(record)
    require_commits(git)
    return record, git


def signed(call: Call, person: Person | None) -> Signature:
    """As git keeps a person, without a date as of now; without a person, the caller."""
    if person is None:
        return signature_of(call.github, call.user().account)
    return Signature(person.name, person.email, person.date or call.github.clock())


def decode_base64(content: str) -> bytes:
    """Content as GitHub accepts it: base64, line breaks allowed.

    Raises:
        ValidationError: it is not base64.
    """
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except binascii.Error as error:
        raise ValidationError("content is not valid Base64") from error


ROUTES = (
    ApiRoute("GET", REPO + "/git/blobs/{sha}", get_blob),
    ApiRoute("POST", REPO + "/git/trees", post_tree),
    ApiRoute("GET", REPO + "/git/trees/{sha}", get_tree),
    ApiRoute("POST", REPO + "/git/commits", create_commit),
    ApiRoute("GET", REPO + "/git/commits/{sha}", get_commit),
)
