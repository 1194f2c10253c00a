"""What a run knows about itself: the ``github`` context, the event payload, the environment.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts
"""

from typing import Any

from rehearsal.github.core.local_github import LocalGitHub, RefChange
from rehearsal.github.core.resources import Account, Job, NamedValue, Repository, Run, Variable
from rehearsal.github.git.git_objects import NO_COMMIT, Commit
from rehearsal.github.shapes import git_shapes, repository_shapes

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
    head = git_shapes.head_commit(commit) | {
        "timestamp": commit.committer.when.isoformat(),
        "url": f"{web}/commit/{commit.sha}",
    }
    return {
        "ref": change.ref,
        "before": change.before or NO_COMMIT,
        "after": commit.sha,
        "created": change.before is None,
        "deleted": False,
        "forced": False,
        "compare": f"{web}/compare/{(change.before or NO_COMMIT)[:12]}...{commit.sha[:12]}",
        "commits": [head],
        "head_commit": head,
        "pusher": {"name": change.principal.account.login},
    } | common_payload(github, repository, change.principal.account)


def common_payload(github: LocalGitHub, repository: Repository, actor: Account) -> dict[str, Any]:
    """What every event says about the repository and who caused it."""
    return {
        "repository": repository_shapes.repository(github, repository),
        "sender": repository_shapes.simple_user(github, actor),
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
        "run_attempt": str(run.attempt),
        "workflow": run.name,
        "workflow_ref": f"{repository.full_name}/{run.path}@{run.ref}",
        "workflow_sha": run.sha,
        "job_workflow_sha": run.sha,
        "actor": run.actor,
        "actor_id": str(github.access.account(run.actor).id),
        "triggering_actor": run.triggering_actor,
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


def contexts(
    github: LocalGitHub, repository: Repository, run: Run, declared: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """What every expression of a run sees; ``declared`` are the workflow's inputs."""
    return {
        "github": github_context(github, repository, run),
        "inputs": run_inputs(run, declared),
        "vars": values_for_job(github, Variable, repository.id),
    }


def values_for_job(
    github: LocalGitHub, kind: type[NamedValue], repository_id: int
) -> dict[str, str]:
    """What a job sees as ``secrets`` or ``vars``."""
    found = github.store.select(kind, repository_id=repository_id)
    return {item.name: item.value for item in found}


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
