"""REST: file contents, commits of a branch.

Imitated: https://docs.github.com/en/rest/repos/contents, /rest/commits (API version 2022-11-28).
"""

import base64
import binascii
from functools import partial
from typing import Any
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel

from rehearsal.github.core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnmodelledError,
    ValidationError,
)
from rehearsal.github.core.resources import Repository
from rehearsal.github.git.git_objects import Commit, Signature, TreeEntry
from rehearsal.github.git.git_repository import WORKFLOW_FOLDER, GitError, GitRepository
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.http.permissions import NOT_ACCESSIBLE
from rehearsal.github.repositories.git_data import find_commit, move_branch, put_file
from rehearsal.github.repositories.repositories import signature_of
from rehearsal.github.shapes import git_shapes, repository_shapes


class Person(BaseModel):
    """Author or committer of a new commit."""

    name: str
    email: str
    date: AwareDatetime | None = None


class NewContent(BaseModel):
    """Body of ``PUT …/contents/{path}``."""

    message: str
    content: str
    sha: str | None = None
    branch: str | None = None
    author: Person | None = None
    committer: Person | None = None


def get_contents(call: Call) -> Reply:
    """A file with its content, or a folder's entries."""
    record = call.repository("contents")
    git = call.github.git(record)
    path = call.path["path"].strip("/")
    ref = call.query.get("ref", record.default_branch)
    if git.is_empty():
        raise NotFoundError("This repository is empty.")
    commit = find_commit(git, ref)
    if not path:
        return Reply(200, _folder(call, record, git, commit, path, ref))
    found = git.read([f"{commit.sha}:{path}"])[0]
    if found is None:
        raise NotFoundError
    if found[1] == "tree":
        return Reply(200, _folder(call, record, git, commit, path, ref))
    entry = TreeEntry(path, "100644", found[0], len(found[2]))
    content = {"content": base64.encodebytes(found[2]).decode(), "encoding": "base64"}
    return Reply(200, _content(call, record, entry, ref) | content)


def put_contents(call: Call) -> Reply:
    """Create or replace one file in one commit; it becomes mode 100644, as on GitHub."""
    record = call.repository("contents", "write")
    wish = call.parse(NewContent)
    git, path = call.github.git(record), call.path["path"]
    branch = wish.branch or record.default_branch
    head = git.ref(f"refs/heads/{branch}")
    if head is None and git.is_empty():
        raise UnmodelledError("the first commit by the contents API; create with auto_init")
    if head is None:
        raise NotFoundError(f"Branch {branch} not found")
    existing = git.read([f"{head}:{path}"])[0]
    _check_path(call, path)
    _check_rule(call, record, branch)
    _check_blob(path, existing[0] if existing else None, wish.sha)
    content = _decode_base64(wish.content)
    blob = git.write("blob", content)
    commit = git.write_commit(
        tree=put_file(git, head, path, blob),
        parents=[head],
        author=_signed(call, wish.author or wish.committer),
        committer=_signed(call, wish.committer),
        message=wish.message,
    )
    ref = f"refs/heads/{branch}"
    move_branch(call.github, call.user(), record, ref, before=head, after=commit.sha)
    body = {
        "content": _content(call, record, TreeEntry(path, "100644", blob, len(content)), branch),
        "commit": git_shapes.git_commit(call.github, record, commit),
    }
    return Reply(200 if existing else 201, body)


def list_commits(call: Call) -> Reply:
    """Commits of a branch, newest first."""
    record, git = call.content()
    start = find_commit(git, call.query.get("sha", record.default_branch))
    found = git.history(start.sha, limit=1000, path=call.query.get("path", ""))
    return call.paged(found, partial(git_shapes.commit, call.github, record))


def get_commit(call: Call) -> Reply:
    """One commit by id, branch or tag."""
    record, git = call.content()
    return Reply(200, git_shapes.commit(call.github, record, named_commit(git, call.path["ref"])))


def named_commit(git: GitRepository, name: str) -> Commit:
    """The commit that a caller named by id, branch or tag.

    Raises:
        ValidationError: there is none.
    """
    try:
        return find_commit(git, name)
    except NotFoundError as error:
        raise ValidationError(f"No commit found for SHA: {name}") from error


def _check_path(call: Call, path: str) -> None:
    if any(part in {"", ".", "..", ".git"} for part in path.split("/")) or "\0" in path:
        raise ValidationError("path contains a malformed path component")
    if path.startswith(f"{WORKFLOW_FOLDER}/") and not call.user().may_write_workflows:
        if call.user().grant is not None:
            raise ForbiddenError(NOT_ACCESSIBLE)
        # GitHub gives the reason, a token without the `workflow` scope, to nobody.
        raise NotFoundError


def _check_rule(call: Call, record: Repository, branch: str) -> None:
    """Refuse a commit on a protected default branch; the words are those of users' reports."""
    rule = call.github.access.account(record.owner).default_branch_rule
    if rule is not None and branch == record.default_branch:
        kind = "Repository rule violations found" if rule == "ruleset" else "Protected branch"
        raise ConflictError(f"{kind}\n\nChanges must be made through a pull request.\n\n")


def _check_blob(path: str, existing: str | None, given: str | None) -> None:
    if existing and given is None:
        raise ValidationError('Invalid request.\n\n"sha" wasn\'t supplied.')
    if given is not None and given != existing:
        raise ConflictError(f"{path} does not match {given}")


def _signed(call: Call, person: Person | None) -> Signature:
    """As git keeps a person, without a date as of now; without a person, the caller."""
    if person is None:
        return signature_of(call.github, call.user().account)
    return Signature(person.name, person.email, person.date or call.github.clock())


def _decode_base64(content: str) -> bytes:
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except binascii.Error as error:
        raise ValidationError("content is not valid Base64") from error


def _folder(
    call: Call, record: Repository, git: GitRepository, commit: Commit, path: str, ref: str
) -> list[dict[str, Any]]:
    try:
        entries = git.tree(commit.sha, recursive=False, path=path)
    except GitError as error:
        raise NotFoundError from error
    prefix = f"{path}/" if path else ""
    return [
        _content(call, record, TreeEntry(prefix + e.path, e.mode, e.sha, e.size), ref)
        for e in entries
    ]


def _content(call: Call, record: Repository, entry: TreeEntry, ref: str) -> dict[str, Any]:
    api = repository_shapes.repository_address(call.github, record)
    web = f"{call.github.server_url}/{record.full_name}"
    is_file = entry.kind == "blob"
    url = f"{api}/contents/{entry.path}?ref={ref}"
    git_url = f"{api}/git/{entry.kind}s/{entry.sha}"
    html_url = f"{web}/{entry.kind}/{quote(f'{ref}/{entry.path}')}"
    return {
        "name": entry.path.rsplit("/", 1)[-1],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "type": {"blob": "file", "tree": "dir", "commit": "submodule"}[entry.kind],
        "url": url,
        "git_url": git_url,
        "html_url": html_url,
        "download_url": f"{web}/raw/{ref}/{entry.path}" if is_file else None,
        "_links": {"self": url, "git": git_url, "html": html_url},
    }


ROUTES = (
    ApiRoute("GET", REPO + "/contents/{path:path}", get_contents),
    ApiRoute("PUT", REPO + "/contents/{path:path}", put_contents),
    ApiRoute("GET", REPO + "/commits", list_commits),
    ApiRoute("GET", REPO + "/commits/{ref:path}", get_commit),
)
