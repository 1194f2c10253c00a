"""Rules of trees, commits and references.

Imitated: https://docs.github.com/en/rest/git (API version 2022-11-28).
"""

from rehearsal.github.core.access import Principal
from rehearsal.github.core.errors import ConflictError, NotFoundError, ValidationError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository
from rehearsal.github.git.git_objects import NO_COMMIT, TREE_MODE, Commit, TreeEntry, encode_tree
from rehearsal.github.git.git_repository import WORKFLOW_FOLDER, GitError, GitRepository


def require_commits(git: GitRepository) -> None:
    """Refuse to work on a repository without a commit, as GitHub does.

    Raises:
        ConflictError: make the repository with ``auto_init``, or push first.
    """
    if git.is_empty():
        raise ConflictError("Git Repository is empty.")


def put_file(git: GitRepository, tree: str | None, path: str, blob: str) -> str:
    """Write a tree like another one, but with a file at a path; what stands there is replaced."""
    entries = {entry.path: entry for entry in git.tree(tree, recursive=False)} if tree else {}
    name, slash, below = path.partition("/")
    if slash:
        old = entries.get(name)
        folder = old.sha if old is not None and old.kind == "tree" else None
        entries[name] = TreeEntry(name, TREE_MODE, put_file(git, folder, below, blob))
    else:
        entries[name] = TreeEntry(name, "100644", blob)
    return git.write("tree", encode_tree(list(entries.values())))


def move_branch(
    github: LocalGitHub,
    principal: Principal,
    repository: Repository,
    ref: str,
    *,
    before: str,
    after: str | None,
) -> None:
    """Point a branch at its next commit, or remove it, and tell who listens."""
    git = github.git(repository)
    if after is None:
        git.delete_ref(ref, before)
    else:
        git.update_ref(ref, after, before)
    github.refs_changed(repository, {ref: before}, {ref: after} if after else {}, principal)


def create_reference(
    github: LocalGitHub, principal: Principal, repository: Repository, ref: str, sha: str
) -> None:
    """Create a branch or a tag.

    Raises:
        ValidationError: it exists, or the object does not.
        NotFoundError: the commit changes workflow files and the token lacks the scope.
    """
    git = github.git(repository)
    require_commits(git)
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise ValidationError(f"{ref} is not a valid ref name.")
    if git.ref(ref) is not None:
        raise ValidationError("Reference already exists")
    if git.read([sha])[0] is None:
        raise ValidationError("Object does not exist")
    default = git.ref(f"refs/heads/{repository.default_branch}")
    if not principal.may_write_workflows and git.changed_paths(default, sha, WORKFLOW_FOLDER):
        raise NotFoundError
    try:
        git.update_ref(ref, sha, NO_COMMIT)
    except GitError as error:
        raise ValidationError(f"{ref} is not a valid ref name.") from error
    github.refs_changed(repository, {}, {ref: sha}, principal)


def find_commit(git: GitRepository, name: str) -> Commit:
    """The commit behind an id, a branch or a tag.

    Raises:
        NotFoundError: there is none.
    """
    if name.startswith("-"):
        raise NotFoundError
    commit = git.commit(name)
    if commit is None:
        raise NotFoundError(f"No commit found for the ref {name}")
    return commit
