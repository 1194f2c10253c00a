"""REST: deployment environments and the OIDC subject of a repository.

Imitated: https://docs.github.com/en/rest/deployments/environments and /rest/actions/oidc
(API version 2022-11-28). Protection rules are not modelled and are refused, because a gate that is
only recorded would look like a gate.
"""

from typing import Any

from pydantic import BaseModel

from rehearsal.github import shapes
from rehearsal.github.call import ApiRoute, Call, Reply
from rehearsal.github.errors import NotFoundError, UnmodelledError
from rehearsal.github.local_github import LocalGitHub
from rehearsal.github.oidc import subject_prefix
from rehearsal.github.resources import Environment, Repository, Secret, Variable
from rehearsal.github.rest_git_data import REPO


class NewEnvironment(BaseModel):
    """Body of ``PUT …/environments/{name}``."""

    wait_timer: int = 0
    prevent_self_review: bool = False
    reviewers: list[dict[str, Any]] | None = None
    deployment_branch_policy: dict[str, Any] | None = None


def find_environment(github: LocalGitHub, repository: Repository, name: str) -> Environment | None:
    """The environment with this name; names ignore case."""
    for environment in github.store.select(Environment, repository_id=repository.id):
        if environment.name.lower() == name.lower():
            return environment
    return None


def ensure_environment(github: LocalGitHub, repository: Repository, name: str) -> Environment:
    """The environment with this name, created if need be (a job that names one creates it)."""
    found = find_environment(github, repository, name)
    if found is not None:
        return found
    now = github.now()
    id_ = github.store.next_id("Environment")
    return github.store.put(Environment(id_, repository.id, name, now, now))


def put_environment(call: Call) -> Reply:
    """Create an environment, or touch an existing one."""
    record = _repository(call, "write")
    wish = call.parse(NewEnvironment)
    if wish.wait_timer or wish.reviewers or wish.deployment_branch_policy:
        raise UnmodelledError("protection rules of environments")
    environment = ensure_environment(call.github, record, call.path["name"])
    return Reply(200, _shape(call, record, environment))


def list_environments(call: Call) -> Reply:
    """Environments of a repository."""
    record = _repository(call, "read")
    found = call.github.store.select(Environment, repository_id=record.id)
    shown, headers = call.page(found)
    environments = [_shape(call, record, environment) for environment in shown]
    return Reply(200, {"total_count": len(found), "environments": environments}, headers)


def get_environment(call: Call) -> Reply:
    """One environment."""
    record = _repository(call, "read")
    return Reply(200, _shape(call, record, _find(call, record)))


def delete_environment(call: Call) -> Reply:
    """Delete an environment with its secrets and variables."""
    record = _repository(call, "write")
    environment = _find(call, record)
    belongs = {"repository_id": record.id, "environment": environment.name}
    for kind in (Secret, Variable):
        for item in call.github.store.select(kind, **belongs):
            call.github.store.delete(item)
    call.github.store.delete(environment)
    return Reply(204)


def get_subject(call: Call) -> Reply:
    """How the subject of OIDC tokens begins: immutable form, as for repositories made since 2026.

    Source: https://docs.github.com/en/actions/reference/security/oidc
    """
    record = call.repository("actions")
    return Reply(200, {"use_default": True, "sub_claim_prefix": subject_prefix(record)})


def _repository(call: Call, level: str) -> Repository:
    record = call.repository("environments", level)
    if record.private and call.github.access.account(record.owner).plan == "free":
        raise NotFoundError
    return record


def _find(call: Call, record: Repository) -> Environment:
    environment = find_environment(call.github, record, call.path["name"])
    if environment is None:
        raise NotFoundError
    return environment


def _shape(call: Call, record: Repository, environment: Environment) -> dict[str, Any]:
    url = f"{shapes.repository_address(call.github, record)}/environments/{environment.name}"
    web = f"{call.github.server_url}/{record.full_name}/deployments/activity_log"
    return {
        "id": environment.id,
        "node_id": shapes.node_id("EN", environment.id),
        "name": environment.name,
        "url": url,
        "html_url": f"{web}?environments_filter={environment.name}",
        "created_at": environment.created_at,
        "updated_at": environment.updated_at,
        "protection_rules": [],
        "deployment_branch_policy": None,
    }


ROUTES = (
    ApiRoute("GET", REPO + "/environments", list_environments),
    ApiRoute("GET", REPO + "/environments/{name}", get_environment),
    ApiRoute("PUT", REPO + "/environments/{name}", put_environment),
    ApiRoute("DELETE", REPO + "/environments/{name}", delete_environment),
    ApiRoute("GET", REPO + "/actions/oidc/customization/sub", get_subject),
)
