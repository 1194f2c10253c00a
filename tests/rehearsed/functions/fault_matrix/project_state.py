"""What GitHub holds of one project, in a form that can be compared between projects."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from rehearsal.github.core.resources import Repository
from rehearsal.tests.github.in_process_github import InProcessGitHub


@dataclass(frozen=True)
class RepositoryState:
    """One repository without what differs from project to project: names, numbers, times."""

    kind: str
    archived: bool
    private: bool
    description: str
    default_branch: str
    main_tree: str
    template_tree: str
    open_pull_requests: int

    environments: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    main_history: tuple[str, ...]
    template_history: tuple[str, ...]

    def content(self) -> tuple[object, ...]:
        """Leave out history, which a rollback adds to, and environments, which it leaves."""
        return (
            self.kind,
            self.archived,
            self.private,
            self.description,
            self.default_branch,
            self.main_tree,
            self.template_tree,
            self.open_pull_requests,
        )


@dataclass(frozen=True)
class State:
    """All repositories of a project."""

    repositories: tuple[RepositoryState, ...]

    def content(self) -> tuple[tuple[object, ...], ...]:
        """Return what is there now, without how it came to be."""
        return tuple(repository.content() for repository in self.repositories)


def list_projects_repositories(github: InProcessGitHub, project_id: str) -> set[str]:
    """Return the full names of every repository with the project's marker."""
    return {record.full_name for record in _records(github, project_id)}


def read_state(github: InProcessGitHub, project_id: str) -> State:
    """Return what is there."""
    states = [
        _read(github, record.full_name, project_id) for record in _records(github, project_id)
    ]
    return State(tuple(sorted(states, key=lambda state: (state.kind, state.archived))))


def forget_project(github: InProcessGitHub, project_id: str) -> None:
    """Delete every repository of a project."""
    for record in _records(github, project_id):
        github.rest("DELETE", f"/repos/{record.full_name}")


def _records(github: InProcessGitHub, project_id: str) -> list[Repository]:
    marker = f"[sagemaker-project {project_id}]"
    return [
        record
        for record in github.github.store.select(Repository)
        if marker in (record.description or "")
    ]


def _read(github: InProcessGitHub, full_name: str, project_id: str) -> RepositoryState:
    path = f"/repos/{full_name}"
    shown = github.rest("GET", path)
    environments = github.rest("GET", f"{path}/environments")["environments"]
    rules = [
        (item["name"], rule["type"]) for item in environments for rule in item["protection_rules"]
    ]
    history = _read_history(github, full_name)
    return RepositoryState(
        kind=full_name.rpartition("-")[2],
        archived=shown["archived"],
        private=shown["private"],
        description=shown["description"].replace(project_id, "p-…"),
        default_branch=shown["default_branch"],
        main_tree=_newest_tree(history["main"]),
        template_tree=_newest_tree(history["template"]),
        open_pull_requests=len(github.rest("GET", f"{path}/pulls?state=open")),
        environments=tuple(sorted(item["name"] for item in environments)),
        rules=tuple(sorted(rules)),
        main_history=_titles(history["main"]),
        template_history=_titles(history["template"]),
    )


@dataclass(frozen=True)
class _Commit:
    tree: str
    title: str
    parents: tuple[str, ...]


def _read_history(github: InProcessGitHub, full_name: str) -> dict[str, list[_Commit]]:
    """Both branches, newest commit first, from one process of git."""
    layout = "%H%x09%T%x09%P%x09%D%x09%s"
    arguments = ("log", "--all", "--decorate=full", f"--format={layout}")
    told = subprocess.run(
        ["git", f"--git-dir={github.git_folder(full_name)}", *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    commits: dict[str, _Commit] = {}
    heads: dict[str, str] = {}
    for line in told.splitlines():
        id_, tree, parents, names, title = line.split("\t", 4)
        commits[id_] = _Commit(tree, title, tuple(parents.split()))
        heads |= {name.rpartition(" ")[2]: id_ for name in names.split(", ")}
    return {
        branch: list(_walk(commits, heads.get(f"refs/heads/{branch}")))
        for branch in ("main", "template")
    }


def _walk(commits: dict[str, _Commit], id_: str | None) -> Iterator[_Commit]:
    while id_:
        commit = commits[id_]
        yield commit
        id_ = commit.parents[0] if commit.parents else None


def _newest_tree(history: list[_Commit]) -> str:
    return history[0].tree if history else ""


def _titles(history: list[_Commit]) -> tuple[str, ...]:
    return tuple(commit.title for commit in history)
