"""REST: deployment environments and the OIDC subject of a repository.

Imitated: https://docs.github.com/en/rest/deployments/environments and /rest/actions/oidc
(API version 2022-11-28).
"""

from functools import partial
from typing import Any

from pydantic import BaseModel

from rehearsal.github.actions.oidc import subject_prefix
from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.resources import Environment, Repository, Reviewer
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.repositories.environments import (
    find_environment,
    has_environments,
    write_environment,
)
from rehearsal.github.shapes import environment_shapes


class NewEnvironment(BaseModel):
    """Body of ``PUT …/environments/{name}``."""

    wait_timer: int = 0
    prevent_self_review: bool = False
    reviewers: list[Reviewer] | None = None
    deployment_branch_policy: dict[str, Any] | None = None


def put_environment(call: Call) -> Reply:
    """Create an environment, or give an existing one other rules."""
    record = _repository(call, "environments", "write")
    wish = call.parse(NewEnvironment)
    sent = {field: getattr(wish, field) for field in wish.model_fields_set}
    environment = write_environment(call.github, record, call.path["name"], sent)
    return Reply(200, environment_shapes.environment(call.github, record, environment))


def list_environments(call: Call) -> Reply:
    """Environments of a repository."""
    record = _repository(call, "actions", "read")
    found = call.github.store.select(Environment, repository_id=record.id)
    shape = partial(environment_shapes.environment, call.github, record)
    return call.paged(found, shape, "environments")


def get_environment(call: Call) -> Reply:
    """One environment."""
    record = _repository(call, "actions", "read")
    found = _find(call, record)
    return Reply(200, environment_shapes.environment(call.github, record, found))


def delete_environment(call: Call) -> Reply:
    """Delete an environment."""
    record = _repository(call, "environments", "write")
    call.github.store.delete(_find(call, record))
    return Reply(204)


def get_subject(call: Call) -> Reply:
    """How the subject of OIDC tokens begins: immutable form, as for repositories made since 2026.

    Source: https://docs.github.com/en/actions/reference/security/oidc
    """
    record = call.repository("actions")
    return Reply(200, {"use_default": True, "sub_claim_prefix": subject_prefix(record)})


def _repository(call: Call, area: str, level: str) -> Repository:
    record = call.repository(area, level)
    if not has_environments(call.github, record):
        raise NotFoundError
    return record


def _find(call: Call, record: Repository) -> Environment:
    environment = find_environment(call.github, record, call.path["name"])
    if environment is None:
        raise NotFoundError
    return environment


ROUTES = (
    ApiRoute("GET", REPO + "/environments", list_environments),
    ApiRoute("GET", REPO + "/environments/{name}", get_environment),
    ApiRoute("PUT", REPO + "/environments/{name}", put_environment),
    ApiRoute("DELETE", REPO + "/environments/{name}", delete_environment),
    ApiRoute("GET", REPO + "/actions/oidc/customization/sub", get_subject),
)
