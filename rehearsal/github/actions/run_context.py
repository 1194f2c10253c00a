"""What a run knows about itself: the ``github`` context, the event payload, the environment.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts
"""

from typing import Any

from rehearsal.github.core.local_github import LocalGitHub, RefChange
from rehearsal.github.core.resources import Job, Repository, Run
from rehearsal.github.git.git_objects import Commit
from rehearsal.github.shapes import repository_shapes

RUNNER_ENVIRONMENT = "self-hosted"
_UNKNOWN_TO_ACT = (
    "repository_id",
    "repository_owner_id",
    "repository_visibility",
    "repositoryUrl",
    "ref_protected",
    "workflow_ref",
    "workflow_sha",
    "job_workflow_sha",
    "actor_id",
    "triggering_actor",
    "secret_source",
    "graphql_url",
)


def push_payload(github: LocalGitHub, change: RefChange, commit: Commit) -> dict[str, Any]:
    """The event of a push. Only the newest commit is listed."""
    repository = change.repository
    web = f"{github.server_url}/{repository.full_name}"
    zeros = "0" * len(commit.sha)
    author = {"name": commit.author.name, "email": commit.author.email}
    head = {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": commit.committer.when.isoformat(),
        "url": f"{web}/commit/{commit.sha}",
        "author": author,
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }
    return {
        "ref": change.ref,
        "before": change.before or zeros,
        "after": commit.sha,
        "created": change.before is None,
        "deleted": False,
        "forced": False,
        "compare": f"{web}/compare/{(change.before or zeros)[:12]}...{commit.sha[:12]}",
        "commits": [head],
        "head_commit": head,
        "pusher": {"name": change.actor},
    } | common_payload(github, repository, change.actor)


def common_payload(github: LocalGitHub, repository: Repository, actor: str) -> dict[str, Any]:
    """What every event says about the repository and who caused it."""
    return {
        "repository": repository_shapes.repository(github, repository),
        "sender": repository_shapes.simple_user(github, github.access.account(actor)),
    }


def pull_refs(run: Run) -> tuple[str, str]:
    """Head and base branch of the pull request that started a run; empty for other events."""
    pull = run.payload.get("pull_request")
    return (str(pull["head"]["ref"]), str(pull["base"]["ref"])) if pull else ("", "")


def github_context(github: LocalGitHub, repository: Repository, run: Run) -> dict[str, Any]:
    """The ``github`` context of a run, without what only the job's steps know."""
    is_tag = run.ref.startswith("refs/tags/")
    head_ref, base_ref = pull_refs(run)
    return {
        "event": run.payload,
        "event_name": run.event,
        "ref": run.ref,
        "ref_name": run.ref.split("/", 2)[-1],
        "ref_type": "tag" if is_tag else "branch",
        "ref_protected": "false",
        "head_ref": head_ref,
        "base_ref": base_ref,
        "sha": run.sha,
        "repository": repository.full_name,
        "repository_id": str(repository.id),
        "repository_owner": repository.owner,
        "repository_owner_id": str(repository.owner_id),
        "repository_visibility": "private" if repository.private else "public",
        "repositoryUrl": f"{github.server_url}/{repository.full_name}.git",
        "run_id": str(run.id),
        "run_number": str(run.number),
        "run_attempt": "1",
        "workflow": run.name,
        "workflow_ref": f"{repository.full_name}/{run.path}@{run.ref}",
        "workflow_sha": run.sha,
        "job_workflow_sha": run.sha,
        "actor": run.actor,
        "actor_id": str(github.access.account(run.actor).id),
        "triggering_actor": run.actor,
        "server_url": github.server_url,
        "api_url": github.api_url,
        "graphql_url": f"{github.server_url}/api/graphql",
        "secret_source": "Actions",
    }


def job_environment(context: dict[str, Any], job: Job, runner_name: str) -> dict[str, str]:
    """Default variables of a job; ``SHA_REF`` is how act takes the commit."""
    named = {
        f"GITHUB_{key.upper()}": value
        for key, value in context.items()
        if isinstance(value, str) and key != "repositoryUrl"
    }
    return named | {
        "SHA_REF": context["sha"],
        "GITHUB_JOB": job.key,
        "RUNNER_NAME": runner_name,
        "RUNNER_ENVIRONMENT": RUNNER_ENVIRONMENT,
        "RUNNER_TRACKING_ID": job.tracking_id,
    }


def literals(context: dict[str, Any], runner_name: str) -> dict[str, str]:
    """Properties that act does not know, to be written into expressions as values."""
    found = {f"github.{key}": str(context[key]) for key in _UNKNOWN_TO_ACT}
    return found | {
        "runner.name": runner_name,
        "runner.environment": RUNNER_ENVIRONMENT,
        "runner.debug": "",
    }


def run_inputs(run: Run, declared: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The ``inputs`` context: as the event has them, booleans and numbers typed."""
    given = run.payload.get("inputs") or {}
    typed: dict[str, Any] = {}
    for name, value in given.items():
        kind = declared.get(name, {}).get("type", "string")
        if kind == "boolean":
            typed[name] = value == "true"
        elif kind == "number":
            typed[name] = float(value)
        else:
            typed[name] = value
    return typed
