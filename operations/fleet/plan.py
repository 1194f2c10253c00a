"""What an update would change in a project, by a plan of Service Catalog that is deleted again.

Source: Service Catalog API reference, CreateProvisionedProductPlan. Service Catalog makes a change
set of the project's stack with the launch role, which needs more rights for that than for updates.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations.aws_session import describe
from operations.fleet.release import Release
from operations.fleet.rollout import Target

_PAUSE_SECONDS = 2.0
_LOOKS = 150
_KIND = "CLOUDFORMATION"
_UNCHANGED = "didn't contain changes"


@dataclass(frozen=True)
class Change:
    """One resource.

    Args:
        action: such as MODIFY.
        resource: its logical id.
        type: such as AWS::IAM::Role.
        replacement: whether another takes its place: TRUE, FALSE, CONDITIONAL or empty.
    """

    action: str
    resource: str
    type: str
    replacement: str


@dataclass(frozen=True)
class Plan:
    """What is known of an update.

    Args:
        added: parameters that get the default of the version.
        removed: parameters that the version does not know.
        changes: of resources.
        why: why the changes are not known; empty if they are.
        keeping: new parameters, with the values that leave the project as it is.
    """

    added: list[str]
    removed: list[str]
    changes: list[Change]
    why: str = ""
    keeping: Mapping[str, str] = field(default_factory=dict)


def make_plan(release: Release, target: Target) -> Plan:
    """Plan an update; nothing of the project is changed.

    Raises:
        ClientError: not even the parameters may be read.
    """
    parameters = release.parameters(target.project, target.version)
    try:
        why, changes = _planned(release, target, parameters.given)
    except (ClientError, BotoCoreError) as error:
        why, changes = describe(error), []
    return Plan(parameters.added, parameters.removed, changes, why, parameters.keeping)


def _planned(
    release: Release, target: Target, given: list[dict[str, Any]]
) -> tuple[str, list[Change]]:
    catalog, token = release.catalog, release.token()
    plan_id = catalog.create_provisioned_product_plan(
        PlanName=f"fleet-{token}",
        PlanType=_KIND,
        ProductId=target.project.product_id,
        ProvisionedProductName=target.project.group,
        ProvisioningArtifactId=target.version.id,
        ProvisioningParameters=given,
        IdempotencyToken=token,
    )["PlanId"]
    try:
        return _result(catalog, plan_id, release.sleep)
    finally:
        catalog.delete_provisioned_product_plan(PlanId=plan_id, IgnoreErrors=True)


def _result(catalog: Any, plan_id: str, sleep: Callable[[float], None]) -> tuple[str, list[Change]]:
    for _ in range(_LOOKS):
        told = catalog.describe_provisioned_product_plan(PlanId=plan_id)
        details = told["ProvisionedProductPlanDetails"]
        if details["Status"] == "CREATE_SUCCESS":
            return "", [_change(one) for one in _changes(catalog, plan_id, told)]
        if details["Status"] != "CREATE_IN_PROGRESS":
            why = details.get("StatusMessage") or details["Status"]
            return "" if _UNCHANGED in why else why, []
        sleep(_PAUSE_SECONDS)
    return "Service Catalog did not end to plan within five minutes", []


def _changes(catalog: Any, plan_id: str, page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    while True:
        yield from page["ResourceChanges"]
        if not page.get("NextPageToken"):
            return
        page = catalog.describe_provisioned_product_plan(
            PlanId=plan_id, PageToken=page["NextPageToken"]
        )


def _change(told: Mapping[str, Any]) -> Change:
    return Change(
        action=told["Action"],
        resource=told["LogicalResourceId"],
        type=told["ResourceType"],
        replacement=told.get("Replacement") or "",
    )
