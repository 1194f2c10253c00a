"""REST: file contents, commits of a branch.

Imitated: https://docs.github.com/en/rest/repos/contents, /rest/commits (API version 2022-11-28).
"""

import base64
from typing import Any

from pydantic import BaseModel

from rehearsal.github.core.errors import (
    ConflictError,
    NotFoundError,
    UnmodelledError,
    ValidationError,
)
from rehearsal.github.core.resources import Repository
from rehearsal.github.git.git_objects import NO_COMMIT, Commit, TreeEntry
from rehearsal.github.git.git_repository import GitError, GitRepository
from rehearsal.github.http.call import ApiRoute, Call, Reply
from rehearsal.github.http.rest_git_data import REPO, Person, decode_base64, opened, signed
from rehearsal.github.repositories.git_data import (
    Change,
    create_tree,
    find_commit,
    update_reference,
)
from rehearsal.github.shapes import git_shapes, repository_shapes


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
    git = call.github.git(record)
    branch = wish.branch or record.default_branch
    head = git.ref(f"refs/heads/{branch}")
    if head is None and not git.is_empty():
        raise NotFoundError(f"Branch {branch} not found")
    existing = git.read([f"{head}:{call.path['path']}"])[0] if head else None
    _check_blob(call.path["path"], existing[0] if existing else None, wish.sha)
    commit = _commit_file(call, record, git, head, wish, branch)
    blob = git.read([f"{commit.sha}:{call.path['path']}"])[0]
    size = len(blob[2]) if blob else 0
    entry = TreeEntry(call.path["path"], "100644", blob[0] if blob else NO_COMMIT, size)
    body = {
        "content": _content(call, record, entry, branch),
        "commit": git_shapes.git_commit(call.github, record, commit),
    }
    return Reply(200 if existing else 201, body)


def list_commits(call: Call) -> Reply:
    """Commits of a branch, newest first."""
    record, git = opened(call)
    start = find_commit(git, call.query.get("sha", record.default_branch))
    found = git.history(start.sha, limit=1000, path=call.query.get("path", ""))
    shown, headers = call.page(found)
    return Reply(200, [git_shapes.commit(call.github, record, item) for item in shown], headers)


def get_commit(call: Call) -> Reply:
    """One commit by id, branch or tag."""
    record, git = opened(call)
    return Reply(200, git_shapes.commit(call.github, record, named_commit(git, call.path["ref"])))


def named_commit(git: GitRepository, name: str) -> Commit:
    """The commit that a caller named by id, branch or tag.

    Raises:
        ValidationError: there is none.
    """
    commit = None if name.startswith("-") else git.commit(name)
    if commit is None:
        raise ValidationError(f"No commit found for SHA: {name}")
    return commit


def _check_blob(path: str, existing: str | None, given: str | None) -> None:
    if existing and given is None:
        raise ValidationError('Invalid request.\n\n"sha" wasn\'t supplied.')
    if given is not None and given != existing:
        raise ConflictError(f"{path} does not match {given}")


def _commit_file(
    call: Call,
    record: Repository,
    git: GitRepository,
    head: str | None,
    wish: NewContent,
    branch: str,
) -> Commit:
    if head is None:
        raise UnmodelledError("the first commit by the contents API; create with auto_init")
    blob = git.write("blob", decode_base64(wish.content))
    change = Change(call.path["path"], "100644", None, blob)
    commit = git.write_commit(
        tree=create_tree(git, call.user(), head, [change]),
        parents=[head],
        author=signed(call, wish.author or wish.committer),
        committer=signed(call, wish.committer),
        message=wish.message,
    )
    ref = f"refs/heads/{branch}"
    update_reference(call.github, call.user(), record, ref=ref, sha=commit.sha, force=False)
    return commit


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
    html_url = f"{web}/{entry.kind}/{ref}/{entry.path}"
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
