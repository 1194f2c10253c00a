"""What the stages of a project serve: by the ledger, or by the registry to whom that is closed.

The ledger is the table of the function that starts deployments. Of the registry the same is told as
`make status` of the deploy repository tells it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.asking.account import QUIET_SECONDS, Account
from console.asking.answers import Question
from console.asking.endpoint import SETTLED
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from console.asking.versions import Version
from deploy_endpoint.model.registered_version import Version as Registered
from deploy_endpoint.model.stage_status import status_of
from mlops_sm_project_template.config.names import STAGE_PATTERN
from operations.fleet.stages import Stage

_FRESH_SECONDS = 3.0
_STAGE = re.compile(STAGE_PATTERN)


def endpoints_question(account: Account, project: ProjectNames) -> Question:
    """Ask for the endpoints of a project, by stage."""

    def ask(gaps: PageGaps) -> Mapping[str, Mapping[str, Any]]:
        nothing: Mapping[str, Mapping[str, Any]] = {}
        return gaps.ask("Endpoints", "sagemaker", lambda: _endpoints(account, project), nothing)

    return Question("endpoints", project.group, ask, _FRESH_SECONDS, _at_least)


def _at_least(endpoints: Mapping[str, Mapping[str, Any]]) -> float:
    is_settled = all(one.get("EndpointStatus") in SETTLED for one in endpoints.values())
    return QUIET_SECONDS if is_settled else 0.0


def _endpoints(account: Account, project: ProjectNames) -> dict[str, Mapping[str, Any]]:
    prefix = project.endpoint("")
    pages = (
        account.client("sagemaker").get_paginator("list_endpoints").paginate(NameContains=prefix)
    )
    # Another project may have the name of this one in its own.
    return {
        one["EndpointName"].removeprefix(prefix): one
        for page in pages
        for one in page["Endpoints"]
        if _STAGE.fullmatch(one["EndpointName"].removeprefix(prefix))
    }


@dataclass(frozen=True)
class Served:
    """A stage as it is shown.

    Args:
        stage: as the ledger or the registry tells it.
        approval: what a version needs to enter it; empty if that is not known.
        endpoint: status of its endpoint; empty if there is none here.
        is_told_by_registry: whether the ledger was closed.
    """

    stage: Stage
    approval: str
    endpoint: str
    is_told_by_registry: bool


def served(
    listed: Mapping[str, str],
    ledger: Sequence[Stage] | None,
    versions: Sequence[Version],
    endpoints: Mapping[str, Mapping[str, Any]],
) -> list[Served]:
    """Put together what is known of the stages.

    Args:
        listed: what a version needs to enter each stage, by its name, in order.
        ledger: None if it may not be read.
        versions: the newest ones.
        endpoints: by stage.
    """
    known = {one.name: one for one in ledger or ()}
    registered = [registered_version(version) for version in versions]
    return [
        Served(
            stage=known.get(name) or _told(name, registered if ledger is None else ()),
            approval=approval,
            endpoint=str(endpoints.get(name, {}).get("EndpointStatus", "")),
            is_told_by_registry=ledger is None,
        )
        for name, approval in listed.items()
    ]


def registered_version(version: Version) -> Registered:
    """A version as `make status` reads it."""
    life_cycle = version.package.get("ModelLifeCycle") or {}
    return Registered(
        arn=version.arn,
        approval=version.approval,
        metadata=version.metadata,
        stage=life_cycle.get("Stage", ""),
        stage_status=life_cycle.get("StageStatus", ""),
        stage_description=life_cycle.get("StageDescription", ""),
    )


def _told(name: str, versions: Sequence[Registered]) -> Stage:
    status = status_of(name, versions)
    return Stage(name, status.version, status.since, False, status.attention)
