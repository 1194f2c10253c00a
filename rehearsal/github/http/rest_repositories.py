"""REST: accounts, repositories, branches.

Imitated: https://docs.github.com/en/rest/repos and /users (API version 2022-11-28).
"""

from functools import partial
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.resources import Account, Repository
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.repositories.git_data import find_commit
from rehearsal.github.repositories.repositories import (
    change_repository,
    create_repository,
    delete_repository,
    find_repository,
    visible_repositories,
)
from rehearsal.github.shapes import git_shapes, repository_shapes


class NewRepository(BaseModel):
    """Body of ``POST /user/repos`` and ``POST /orgs/{org}/repos``."""

    model_config = ConfigDict(extra="allow", strict=True)
    name: str
    description: str | None = None
    private: bool = False
    auto_init: bool = False


class ChangedRepository(BaseModel):
    """Body of ``PATCH /repos/{owner}/{repo}``."""

    model_config = ConfigDict(extra="allow", strict=True)
    name: str | None = None
    description: str | None = None
    private: bool | None = None
    archived: bool | None = None
    default_branch: str | None = None


def get_user(call: Call) -> Reply:
    """The caller; private numbers are shown to the caller only."""
    account = call.user().account
    mine = [r for r in call.github.store.select(Repository) if r.owner_id == account.id]
    private = sum(r.private for r in mine)
    body = repository_shapes.public_user(call.github, account, len(mine) - private) | {
        "user_view_type": "private",
        "private_gists": 0,
        "total_private_repos": private,
        "owned_private_repos": private,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": True,
        "plan": {
            "name": account.plan,
            "space": 976562499,
            "collaborators": 0,
            "private_repos": 9999,
        },
    }
    return Reply(200, body)


def get_account(call: Call) -> Reply:
    """Any account by its login."""
    account = call.github.access.account(call.path["username"])
    owned = call.github.store.select(Repository, owner_id=account.id)
    public = sum(not record.private for record in owned)
    return Reply(200, repository_shapes.public_user(call.github, account, public))


def list_own_repositories(call: Call) -> Reply:
    """Every repository that the caller may see."""
    call.user()
    found = visible_repositories(call.github, call.principal)
    return call.paged(found, partial(repository_shapes.repository, call.github))


def create_for_user(call: Call) -> Reply:
    """Create a repository for the caller."""
    return _create(call, call.user().account)


def create_for_organization(call: Call) -> Reply:
    """Create a repository for an organization."""
    call.user()
    account = call.github.access.account(call.path["org"])
    if account.kind != "Organization":
        raise NotFoundError
    return _create(call, account)


def get_repository(call: Call) -> Reply:
    """One repository."""
    return Reply(200, repository_shapes.repository(call.github, call.repository("metadata")))


def patch_repository(call: Call) -> Reply:
    """Change settings of a repository."""
    wish: dict[str, Any] = call.parse(ChangedRepository).model_dump(exclude_unset=True)
    wish = {key: value for key, value in wish.items() if value is not None or key == "description"}
    record = call.repository("metadata")
    changed = change_repository(call.github, call.user(), record, wish)
    return Reply(200, repository_shapes.repository(call.github, changed))


def delete(call: Call) -> Reply:
    """Delete a repository."""
    record = find_repository(call.github, call.path["owner"], call.path["repo"])
    delete_repository(call.github, call.user(), record)
    return Reply(204)


def list_branches(call: Call) -> Reply:
    """Branches with the commits they point to."""
    record = call.repository("contents")
    url = repository_shapes.repository_address(call.github, record)
    branches = call.github.git(record).refs("refs/heads/")

    def shape(ref: str) -> dict[str, Any]:
        commit = {"sha": branches[ref], "url": f"{url}/commits/{branches[ref]}"}
        return {"name": ref.removeprefix("refs/heads/"), "commit": commit, "protected": False}

    return call.paged(sorted(branches), shape)


def get_branch(call: Call) -> Reply:
    """One branch with its newest commit."""
    record = call.repository("contents")
    name = call.path["branch"]
    git = call.github.git(record)
    sha = git.ref(f"refs/heads/{name}")
    if sha is None:
        raise NotFoundError("Branch not found")
    url = f"{repository_shapes.repository_address(call.github, record)}/branches/{name}"
    web = f"{call.github.server_url}/{record.full_name}/tree/{quote(name)}"
    body = {
        "name": name,
        "commit": git_shapes.commit(call.github, record, find_commit(git, sha)),
        "_links": {"self": url, "html": web},
        "protected": False,
        "protection": {"enabled": False},
        "protection_url": f"{url}/protection",
    }
    return Reply(200, body)


def _create(call: Call, owner: Account) -> Reply:
    wish = call.parse(NewRepository).model_dump()
    record = create_repository(call.github, call.user(), owner, wish)
    location = repository_shapes.repository_address(call.github, record)
    return Reply(201, repository_shapes.repository(call.github, record), {"Location": location})


ROUTES = (
    ApiRoute("GET", "/user", get_user),
    ApiRoute("GET", "/users/{username}", get_account),
    ApiRoute("GET", "/user/repos", list_own_repositories),
    ApiRoute("POST", "/user/repos", create_for_user),
    ApiRoute("POST", "/orgs/{org}/repos", create_for_organization),
    ApiRoute("GET", REPO, get_repository),
    ApiRoute("PATCH", REPO, patch_repository),
    ApiRoute("DELETE", REPO, delete),
    ApiRoute("GET", REPO + "/branches", list_branches),
    ApiRoute("GET", REPO + "/branches/{branch:path}", get_branch),
)
