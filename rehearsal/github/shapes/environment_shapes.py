"""JSON that GitHub answers for environments, their reviewers and what they said."""

from typing import Any
from urllib.parse import quote

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Approval, Environment, Job, Repository, Run, Team
from rehearsal.github.repositories.environments import find_reviewer, has_rules
from rehearsal.github.shapes import repository_shapes


def environment(github: LocalGitHub, repo: Repository, record: Environment) -> dict[str, Any]:
    """An environment with its rules, as far as the plan has them."""
    rules = _rules(github, repo, record) if has_rules(github, repo) else []
    return dated_environment(github, repo, record) | {
        "protection_rules": rules,
        "deployment_branch_policy": None,
    }


def short_environment(github: LocalGitHub, repo: Repository, record: Environment) -> dict[str, Any]:
    """An environment that something waits for."""
    web = f"{github.server_url}/{repo.full_name}/deployments/activity_log"
    return {
        "id": record.id,
        "node_id": repository_shapes.node_id("EN", record.id),
        "name": record.name,
        "url": f"{repository_shapes.repository_address(github, repo)}/environments/{record.name}",
        "html_url": f"{web}?environments_filter={quote(record.name, safe='')}",
    }


def dated_environment(github: LocalGitHub, repo: Repository, record: Environment) -> dict[str, Any]:
    """An environment that was reviewed."""
    dates = repository_shapes.plain(record, "created_at", "updated_at")
    return short_environment(github, repo, record) | dates


def pending_deployment(
    github: LocalGitHub,
    repo: Repository,
    record: Environment,
    *,
    since: str | None,
    can_approve: bool,
) -> dict[str, Any]:
    """An environment whose rules are not yet met for a run."""
    return {
        "environment": short_environment(github, repo, record),
        "wait_timer": record.wait_timer_minutes,
        "wait_timer_started_at": since,
        "current_user_can_approve": can_approve,
        "reviewers": _reviewers(github, repo, record),
    }


def approval(
    github: LocalGitHub, repo: Repository, record: Approval, environments: list[Environment]
) -> dict[str, Any]:
    """One review of a run."""
    return {
        "state": record.state,
        "comment": record.comment,
        "environments": [dated_environment(github, repo, item) for item in environments],
        "user": repository_shapes.simple_user(github, github.access.account(record.user)),
    }


def deployment(github: LocalGitHub, repo: Repository, run: Run, job: Job) -> dict[str, Any]:
    """The deployment that a reviewed job stands for; it can be asked for nowhere."""
    api = repository_shapes.repository_address(github, repo)
    url = f"{api}/deployments/{job.id}"
    return {
        "id": job.id,
        "node_id": repository_shapes.node_id("DE", job.id),
        "url": url,
        "statuses_url": f"{url}/statuses",
        "repository_url": api,
        "sha": run.sha,
        "ref": run.shown_branch,
        "task": "deploy",
        "payload": {},
        "environment": job.environment,
        "original_environment": job.environment,
        "description": None,
        "creator": repository_shapes.simple_user(github, github.access.account(run.actor)),
        "created_at": job.created_at,
        "updated_at": github.now(),
        "transient_environment": False,
        "production_environment": False,
    }


def _rules(github: LocalGitHub, repo: Repository, record: Environment) -> list[dict[str, Any]]:
    """Rules with ids of their own; GitHub lists only those that are set."""

    def rule(id_: int, kind: str, **more: Any) -> dict[str, Any]:
        return {"id": id_, "node_id": repository_shapes.node_id("GA", id_), "type": kind} | more

    rules = []
    if record.wait_timer_minutes:
        rules.append(rule(2 * record.id, "wait_timer", wait_timer=record.wait_timer_minutes))
    if record.reviewers:
        shown = _reviewers(github, repo, record)
        more = {"prevent_self_review": record.prevent_self_review, "reviewers": shown}
        rules.append(rule(2 * record.id + 1, "required_reviewers", **more))
    return rules


def _reviewers(github: LocalGitHub, repo: Repository, record: Environment) -> list[dict[str, Any]]:
    owner = github.access.account(repo.owner)
    shown = []
    for reviewer in record.reviewers:
        found = find_reviewer(github, owner, reviewer)
        if isinstance(found, Team):
            shown.append({"type": "Team", "reviewer": _team(github, repo, found)})
        elif found is not None:
            shown.append({"type": "User", "reviewer": repository_shapes.simple_user(github, found)})
    return shown


def _team(github: LocalGitHub, repo: Repository, team: Team) -> dict[str, Any]:
    organization = github.access.account(repo.owner)
    url = f"{github.api_url}/organizations/{organization.id}/team/{team.id}"
    return {
        "id": team.id,
        "node_id": repository_shapes.node_id("T", team.id),
        "name": team.slug,
        "slug": team.slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "admin",
        "url": url,
        "html_url": f"{github.server_url}/orgs/{organization.login}/teams/{team.slug}",
        "members_url": url + "/members{/member}",
        "repositories_url": f"{url}/repos",
        "type": "organization",
        "organization_id": organization.id,
        "parent": None,
    }
