"""Rules of the git data API: blobs, trees, commits and references.

Imitated: https://docs.github.com/en/rest/git (API version 2022-11-28).
"""

from dataclasses import dataclass, field

from rehearsal.github.core.access import Principal
from rehearsal.github.core.errors import ConflictError, NotFoundError, ValidationError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository
from rehearsal.github.git.git_objects import (
    KIND_OF_MODE,
    NO_COMMIT,
    TREE_MODE,
    Commit,
    TreeEntry,
    encode_tree,
)
from rehearsal.github.git.git_repository import WORKFLOW_FOLDER, GitError, GitRepository


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a tree request: inline content, an object's id, or neither to remove it."""

    path: str
    mode: str
    content: str | None
    sha: str | None


@dataclass(slots=True)
class _Folder:
    entries: dict[str, TreeEntry] = field(default_factory=dict)
    folders: dict[str, "_Folder"] = field(default_factory=dict)
    sha: str | None = None


def require_commits(git: GitRepository) -> None:
    """Refuse to work on a repository without a commit, as GitHub does.

    Raises:
        ConflictError: make the repository with ``auto_init``, or push first.
    """
    if git.is_empty():
        raise ConflictError("Git Repository is empty.")


def create_tree(
    git: GitRepository, principal: Principal, base: str | None, changes: list[Change]
) -> str:
    """Write a tree, and every folder below it, from changes to a base tree.

    Raises:
        NotFoundError: workflow files without the ``workflow`` scope; GitHub gives this reason
            to nobody.
        ValidationError: a path, mode or object that cannot be.
    """
    require_commits(git)
    for change in changes:
        _check_path(change)
        if change.path.startswith(f"{WORKFLOW_FOLDER}/") and not principal.may_write_workflows:
            raise NotFoundError
    _check_objects(git, changes)
    root = _load_tree(git, base) if base else _Folder()
    for change in changes:
        _apply(git, root, change)
    return _write_folder(git, root)


def update_reference(
    github: LocalGitHub,
    principal: Principal,
    repository: Repository,
    *,
    ref: str,
    sha: str,
    force: bool,
) -> None:
    """Move an existing branch or tag.

    Raises:
        ValidationError: no such reference or commit, or not a fast-forward.
        NotFoundError: the commit changes workflow files and the token lacks the scope.
    """
    git = github.git(repository)
    require_commits(git)
    before = git.ref(ref)
    if before is None:
        raise ValidationError("Reference does not exist")
    _require_object(git, sha)
    if not force and not git.is_ancestor(before, sha):
        raise ValidationError("Update is not a fast forward")
    _require_workflow_scope(git, principal, before, sha)
    git.update_ref(ref, sha, before)
    github.refs_changed(repository, {ref: before}, {ref: sha}, principal)


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
    _require_object(git, sha)
    default = git.ref(f"refs/heads/{repository.default_branch}")
    _require_workflow_scope(git, principal, default, sha)
    try:
        git.update_ref(ref, sha, NO_COMMIT)
    except GitError as error:
        raise ValidationError(f"{ref} is not a valid ref name.") from error
    github.refs_changed(repository, {}, {ref: sha}, principal)


def delete_reference(
    github: LocalGitHub, principal: Principal, repository: Repository, ref: str
) -> None:
    """Remove a branch or a tag.

    Raises:
        ValidationError: it does not exist, or is the default branch.
    """
    git = github.git(repository)
    before = git.ref(ref)
    if before is None:
        raise ValidationError("Reference does not exist")
    if ref == f"refs/heads/{repository.default_branch}":
        raise ValidationError("Cannot delete the default branch")
    git.delete_ref(ref, before)
    github.refs_changed(repository, {ref: before}, {}, principal)


def find_commit(git: GitRepository, name: str) -> Commit:
    """The commit behind an id, a branch or a tag.

    Raises:
        NotFoundError: there is none.
    """
    if name.startswith("-"):
        raise NotFoundError
    commit = git.commit(name)
    if commit is None:
        raise NotFoundError
    return commit


def _check_path(change: Change) -> None:
    parts = change.path.split("/")
    if any(part in {"", ".", "..", ".git"} for part in parts) or "\0" in change.path:
        raise ValidationError(f"tree.path {change.path} is malformed")
    if change.mode not in KIND_OF_MODE:
        raise ValidationError(f"Invalid mode {change.mode} for {change.path}")
    if change.content is not None and change.sha is not None:
        raise ValidationError("Must supply either tree.sha or tree.content, not both")


def _check_objects(git: GitRepository, changes: list[Change]) -> None:
    wanted = [c for c in changes if c.sha is not None and KIND_OF_MODE[c.mode] != "commit"]
    if not wanted:
        return
    for change, found in zip(wanted, git.read(str(c.sha) for c in wanted), strict=True):
        if found is None or found[1] != KIND_OF_MODE[change.mode]:
            raise ValidationError(f"tree.sha {change.sha} is not a valid {change.mode} object")


def _load_tree(git: GitRepository, base: str) -> _Folder:
    try:
        entries = git.tree(base, recursive=True)
    except GitError as error:
        raise ValidationError(f"base_tree {base} is not a valid tree") from error
    root = _Folder()
    for entry in entries:
        folder, name = _descend(root, entry.path)
        if entry.kind == "tree":
            folder.folders[name] = _Folder(sha=entry.sha)
        else:
            folder.entries[name] = TreeEntry(name, entry.mode, entry.sha)
    return root


def _descend(root: _Folder, path: str, *, touch: bool = False) -> tuple[_Folder, str]:
    """The folder that holds ``path``; ``touch`` marks all on the way as changed."""
    *parents, name = path.split("/")
    folder = root
    for parent in parents:
        if touch:
            folder.sha = None
            folder.entries.pop(parent, None)
        folder = folder.folders.setdefault(parent, _Folder())
    if touch:
        folder.sha = None
    return folder, name


def _apply(git: GitRepository, root: _Folder, change: Change) -> None:
    folder, name = _descend(root, change.path, touch=True)
    folder.entries.pop(name, None)
    folder.folders.pop(name, None)
    if change.content is not None:
        sha = git.write("blob", change.content.encode())
        folder.entries[name] = TreeEntry(name, change.mode, sha)
    elif change.sha is not None:
        folder.entries[name] = TreeEntry(name, change.mode, change.sha)


def _write_folder(git: GitRepository, folder: _Folder) -> str:
    if folder.sha is not None:
        return folder.sha
    entries = list(folder.entries.values())
    for name, child in folder.folders.items():
        if child.sha is not None or child.entries or child.folders:
            entries.append(TreeEntry(name, TREE_MODE, _write_folder(git, child)))
    return git.write("tree", encode_tree(entries))


def _require_object(git: GitRepository, sha: str) -> None:
    if git.read([sha])[0] is None:
        raise ValidationError("Object does not exist")


def _require_workflow_scope(
    git: GitRepository, principal: Principal, before: str | None, after: str
) -> None:
    if principal.may_write_workflows:
        return
    if git.changed_paths(before, after, WORKFLOW_FOLDER):
        raise NotFoundError
