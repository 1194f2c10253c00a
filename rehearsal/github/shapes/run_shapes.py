"""JSON that GitHub answers for workflows, runs and jobs."""

from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Job, PullRequest, Repository, Run, Workflow
from rehearsal.github.shapes import git_shapes, pull_shapes, repository_shapes


def workflow(github: LocalGitHub, repo: Repository, record: Workflow) -> dict[str, Any]:
    """A workflow file."""
    url = f"{repository_shapes.repository_address(github, repo)}/actions/workflows/{record.id}"
    web = f"{github.server_url}/{repo.full_name}"
    file = record.path.rsplit("/", 1)[-1]
    place = quote(f"{repo.default_branch}/{record.path}")
    return repository_shapes.plain(record, "id", "name", "path", "created_at", "updated_at") | {
        "node_id": repository_shapes.node_id("W", record.id),
        "state": "active",
        "url": url,
        "html_url": f"{web}/blob/{place}",
        "badge_url": f"{web}/workflows/{file}/badge.svg",
    }


def run(github: LocalGitHub, repo: Repository, record: Run) -> dict[str, Any]:
    """A run of a workflow."""
    api = repository_shapes.repository_address(github, repo)
    url = f"{api}/actions/runs/{record.id}"
    web = f"{github.server_url}/{repo.full_name}/actions/runs/{record.id}"
    actor, trigger = (
        repository_shapes.simple_user(github, github.access.account(login))
        for login in (record.actor, record.triggering_actor)
    )
    earlier = f"{url}/attempts/{record.attempt - 1}" if record.attempt > 1 else None
    where = repository_shapes.minimal_repository(github, repo)
    plain = ("id", "name", "path", "event", "status", "conclusion", "workflow_id")
    shown = repository_shapes.plain(record, *plain, "created_at", "updated_at")
    links = ("jobs", "logs", "artifacts", "cancel", "rerun")
    return (
        shown
        | {f"{link}_url": f"{url}/{link}" for link in links}
        | {
            "node_id": repository_shapes.node_id("WFR", record.id),
            "check_suite_id": record.id,
            "check_suite_node_id": repository_shapes.node_id("CS", record.id),
            "check_suite_url": f"{api}/check-suites/{record.id}",
            "head_branch": record.shown_branch,
            "head_sha": record.shown_sha,
            "run_number": record.number,
            "run_attempt": record.attempt,
            "display_title": record.title,
            "workflow_url": f"{api}/actions/workflows/{record.workflow_id}",
            "url": url,
            "html_url": web,
            "pull_requests": _pull_requests(github, repo, record),
            "run_started_at": record.started_at,
            "actor": actor,
            "triggering_actor": trigger,
            "previous_attempt_url": earlier,
            "head_commit": _head_commit(github, repo, record),
            "repository": where,
            "head_repository": where,
        }
    )


def job(github: LocalGitHub, repo: Repository, of: Run, record: Job) -> dict[str, Any]:
    """A job of a run."""
    api = repository_shapes.repository_address(github, repo)
    started = record.started_at is not None
    plain = ("id", "run_id", "name", "status", "conclusion", "created_at", "completed_at")
    return repository_shapes.plain(record, *plain) | {
        "run_attempt": record.attempt,
        "node_id": repository_shapes.node_id("CR", record.id),
        "run_url": f"{api}/actions/runs/{of.id}",
        "url": f"{api}/actions/jobs/{record.id}",
        "html_url": f"{github.server_url}/{repo.full_name}/actions/runs/{of.id}/job/{record.id}",
        "check_run_url": f"{api}/check-runs/{record.id}",
        "workflow_name": of.name,
        "head_branch": of.shown_branch,
        "head_sha": of.shown_sha,
        "started_at": record.started_at or record.created_at,
        "labels": list(record.labels),
        "runner_id": 1 if started else None,
        "runner_name": "local-runner" if started else None,
        "runner_group_id": 1 if started else None,
        "runner_group_name": "Default" if started else None,
        "steps": [asdict(step) for step in record.steps],
    }


def _pull_requests(github: LocalGitHub, repo: Repository, record: Run) -> list[dict[str, Any]]:
    """Open pull requests of the run's commit or branch, whether or not they started it."""
    return [
        pull_shapes.minimal(github, repo, pull)
        for pull in github.store.select(PullRequest, repository_id=repo.id, state="open")
        if pull.head_sha == record.shown_sha or pull.head == record.shown_branch
    ]


def _head_commit(github: LocalGitHub, repo: Repository, record: Run) -> dict[str, Any] | None:
    commit = github.git(repo).commit(record.shown_sha)
    return git_shapes.head_commit(commit) if commit else None
