"""Rules of repositories: find, create, change, delete.

Imitated: https://docs.github.com/en/rest/repos/repos (API version 2022-11-28).
"""

import re
import shutil
from dataclasses import replace
from typing import Any

from rehearsal.github.core.access import ARCHIVED, INTEGRATION, Principal
from rehearsal.github.core.errors import (
    ForbiddenError,
    MovedError,
    NotFoundError,
    invalid,
)
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import (
    Account,
    FormerName,
    Repository,
    RepositoryRecord,
    Run,
)
from rehearsal.github.core.store import KINDS
from rehearsal.github.git.git_objects import NO_COMMIT, Signature, TreeEntry, encode_tree

FEATURES = {
    "has_issues": True,
    "has_projects": True,
    "has_wiki": True,
    "has_discussions": False,
    "allow_squash_merge": True,
    "allow_merge_commit": True,
    "allow_rebase_merge": True,
    "allow_auto_merge": False,
    "delete_branch_on_merge": False,
}
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


def find_repository(github: LocalGitHub, owner: str, name: str) -> Repository:
    """The repository with this name; names ignore case.

    Raises:
        MovedError: the repository that had this name was renamed.
        NotFoundError: there is none.
    """
    wanted = f"{owner}/{name}".lower()
    for repository in github.store.select(Repository):
        if repository.full_name.lower() == wanted:
            return repository
    for former in reversed(github.store.select(FormerName)):
        moved = github.store.get(Repository, former.repository_id)
        if moved is not None and former.full_name.lower() == wanted:
            raise MovedError(moved)
    raise NotFoundError


def visible_repositories(github: LocalGitHub, principal: Principal | None) -> list[Repository]:
    """Repositories that the caller may see."""
    found = []
    for repository in github.store.select(Repository):
        try:
            github.access.require(principal, repository, "metadata", "read")
        except (NotFoundError, ForbiddenError):
            continue
        found.append(repository)
    return found


def create_repository(
    github: LocalGitHub, principal: Principal, owner: Account, wish: dict[str, Any]
) -> Repository:
    """Create a repository for a user or an organization.

    ``wish`` is the validated body: name, description, private, auto_init and features.

    Raises:
        NotFoundError: the token lacks the scope; GitHub does not say so.
        ForbiddenError: the organization lets only its owners make private ones.
        ValidationError: the name is taken or not a name.
    """
    if principal.is_job:
        raise ForbiddenError(INTEGRATION)
    scopes = {"repo"} if wish["private"] else {"repo", "public_repo"}
    if not principal.has_scope(*scopes) or not github.access.administers(principal, owner.login):
        raise NotFoundError
    if wish["private"] and not github.access.may_create(principal, owner):
        raise ForbiddenError(
            "You need admin access to the organization before adding a repository to it."
        )
    name = wish["name"]
    _check_name(github, owner.id, name, "Repository creation failed.")
    now = github.now()
    repository = Repository(
        id=github.store.next_id("Repository"),
        owner=owner.login,
        owner_id=owner.id,
        name=name,
        description=wish["description"],
        private=wish["private"],
        created_at=now,
        updated_at=now,
        pushed_at=now,
        default_branch=owner.default_branch,
        features={key: wish.get(key, default) for key, default in FEATURES.items()},
    )
    github.git(repository).create(repository.default_branch)
    if wish["auto_init"]:
        _first_commit(github, repository, principal)
    return github.store.put(repository)


def change_repository(
    github: LocalGitHub, principal: Principal, repository: Repository, wish: dict[str, Any]
) -> Repository:
    """Change settings; an archived repository accepts only that it be unarchived.

    Raises:
        ForbiddenError: it is archived.
        ValidationError: the default branch does not exist, or the new name is taken.
    """
    github.access.require(principal, replace(repository, archived=False), "administration", "write")
    if repository.archived and wish.get("archived") is not False:
        raise ForbiddenError(ARCHIVED)
    branch = wish.get("default_branch", repository.default_branch)
    if branch != repository.default_branch:
        _check_default_branch(github, repository, branch)
    name = wish.get("name", repository.name)
    if name != repository.name:
        _rename(github, repository, name)
    github.git(repository).set_default_branch(branch)
    changed = replace(
        repository,
        name=name,
        description=wish.get("description", repository.description),
        private=wish.get("private", repository.private),
        archived=wish.get("archived", repository.archived),
        default_branch=branch,
        features=repository.features | {k: wish[k] for k in FEATURES if k in wish},
        updated_at=github.now(),
    )
    return github.store.put(changed)


def delete_repository(github: LocalGitHub, principal: Principal, repository: Repository) -> None:
    """Delete a repository with all that belongs to it; archived ones may be deleted.

    Raises:
        ForbiddenError: the token lacks the ``delete_repo`` scope.
    """
    github.access.require(principal, replace(repository, archived=False), "administration", "write")
    if not principal.has_scope("delete_repo"):
        raise ForbiddenError("Must have admin rights to Repository.")
    for run in github.store.select(Run, repository_id=repository.id):
        if run.status != "completed":
            for listener in github.cancel_listeners:
                listener(run.id)
    for kind in KINDS:
        if issubclass(kind, RepositoryRecord):
            for record in github.store.select(kind, repository_id=repository.id):
                github.store.delete(record)
    github.store.delete(repository)
    shutil.rmtree(github.git(repository).path)


def signature_of(github: LocalGitHub, account: Account) -> Signature:
    """How an account signs commits made through the API."""
    email = f"{account.id}+{account.login}@users.noreply.github.com"
    return Signature(account.login, email, github.clock())


def _check_name(github: LocalGitHub, owner_id: int, name: str, failure: str) -> None:
    if not _NAME.fullmatch(name) or name in {".", ".."} or name.endswith(".git"):
        raise invalid("Repository", "custom", "name is not a repository name", field="name")
    owned = github.store.select(Repository, owner_id=owner_id)
    if any(repository.name.lower() == name.lower() for repository in owned):
        message = "name already exists on this account"
        raise invalid("Repository", "custom", message, field="name", failure=failure)


def _rename(github: LocalGitHub, repository: Repository, name: str) -> None:
    """Remember the old name; a change of case alone leaves none behind."""
    if name.lower() == repository.name.lower():
        return
    _check_name(github, repository.owner_id, name, "Validation Failed")
    id_ = github.store.next_id("FormerName")
    github.store.put(FormerName(id_, repository.id, repository.full_name))


def _check_default_branch(github: LocalGitHub, repository: Repository, branch: str) -> None:
    git = github.git(repository)
    if git.is_empty():
        message = (
            "Cannot update default branch for an empty repository. "
            "Please init the repository and push first."
        )
        raise invalid("Repository", "invalid", message, field="default_branch")
    if git.ref(f"refs/heads/{branch}") is None:
        message = f"The branch {branch} was not found. Please push that ref first."
        raise invalid("Repository", "invalid", message, field="default_branch")


def _first_commit(github: LocalGitHub, repository: Repository, principal: Principal) -> None:
    git = github.git(repository)
    text = f"# {repository.name}" + (
        f"\n{repository.description}" if repository.description else ""
    )
    readme = TreeEntry("README.md", "100644", git.write("blob", text.encode()))
    author = signature_of(github, principal.account)
    commit = git.write_commit(
        tree=git.write("tree", encode_tree([readme])),
        parents=[],
        author=author,
        committer=author,
        message="Initial commit",
    )
    git.update_ref(f"refs/heads/{repository.default_branch}", commit.sha, NO_COMMIT)
