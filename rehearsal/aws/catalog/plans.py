"""Plans of updates: a change set of the stack, made with the launch role and never executed.

A plan to launch something new is not modelled, nor is the execution of a plan; both are refused.
Source: Service Catalog API reference, CreateProvisionedProductPlan ("one plan for each provisioned
product", "the product status must be AVAILABLE or TAINTED"), ResourceChange; CloudFormation API
reference, ResourceChange, from which it differs by its capitals. Which rights a plan takes: the
managed policy AWSServiceCatalogEndUserFullAccess, on stacks of Service Catalog.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rehearsal.aws.catalog import stacks
from rehearsal.aws.catalog.callers import Caller, launch_role_problem
from rehearsal.aws.catalog.errors import InvalidStateError
from rehearsal.aws.catalog.launch_state import AVAILABLE, TAINTED
from rehearsal.aws.catalog.launches import Launches
from rehearsal.aws.catalog.resources import CatalogStore, new_id
from rehearsal.aws.emulator.stack_permissions.acting_principal import ActingPrincipal, acting_as
from rehearsal.aws.service_kit.operations import Record, answers

_ACTIONS = ("CreateChangeSet", "DescribeChangeSet", "ListChangeSets", "DeleteChangeSet")
_SHOWN = ("PlanName", "PlanId", "ProvisionProductId", "ProvisioningArtifactId")
_MADE = "CREATE_COMPLETE"


class Plans:
    """Create, describe, list and delete."""

    def __init__(self, store: CatalogStore, launches: Launches, clock: Callable[[], float]) -> None:
        self._store = store
        self._launches = launches
        self._clock = clock

    @answers("CreateProvisionedProductPlan")
    def create(self, request: Record, caller: Caller) -> Record:
        """CreateProvisionedProductPlan; the same token again gives the same plan."""
        token = request["IdempotencyToken"]
        for plan in self._store.plans.values():
            if plan["_token"] == token:
                return _created(plan)
        provisioned_id = self._launches.mine(
            {"ProvisionedProductName": request["ProvisionedProductName"]}, caller
        )
        self._check_state(provisioned_id)
        provisioned, form = self._launches.planned(provisioned_id, request)
        plan_id, now = new_id("plan"), self._clock()
        plan = {
            "PlanId": plan_id,
            "PlanName": request["PlanName"],
            "PlanType": request["PlanType"],
            "ProductId": provisioned["ProductId"],
            "PathId": provisioned["_path"],
            "ProvisionProductId": provisioned_id,
            "ProvisionProductName": provisioned["Name"],
            "ProvisioningArtifactId": provisioned["ProvisioningArtifactId"],
            "ProvisioningParameters": _names(request.get("ProvisioningParameters", [])),
            "CreatedTime": now,
            "UpdatedTime": now,
            "_token": token,
            **_drawn(provisioned["LaunchRoleArn"] or "", plan_id, form),
        }
        self._store.plans[plan_id] = plan
        return _created(plan)

    @answers("DescribeProvisionedProductPlan")
    def describe(self, request: Record, _caller: Caller) -> Record:
        """DescribeProvisionedProductPlan."""
        plan = self._store.plan(request["PlanId"])
        return {"ProvisionedProductPlanDetails": plan, "ResourceChanges": plan["_changes"]}

    @answers("ListProvisionedProductPlans")
    def list(self, _request: Record, _caller: Caller) -> Record:
        """ListProvisionedProductPlans."""
        return {"ProvisionedProductPlans": list(self._store.plans.values())}

    @answers("DeleteProvisionedProductPlan")
    def delete(self, request: Record, _caller: Caller) -> Record:
        """DeleteProvisionedProductPlan."""
        plan = self._store.plan(request["PlanId"])
        del self._store.plans[plan["PlanId"]]
        return {}

    def _check_state(self, provisioned_id: str) -> None:
        status = self._store.provisioned_product(provisioned_id)["Status"]
        if status not in (AVAILABLE, TAINTED):
            raise InvalidStateError(
                f"Provisioned product {provisioned_id} is {status}; it must be AVAILABLE or "
                "TAINTED for a plan."
            )
        for plan in self._store.plans.values():
            if plan["ProvisionProductId"] == provisioned_id:
                raise InvalidStateError(
                    f"Provisioned product {provisioned_id} has the plan {plan['PlanId']} already; "
                    "delete that first."
                )


def _drawn(role: str, plan_id: str, form: stacks.Form) -> Record:
    """Status and changes of a plan, whose change set is gone when they are known."""
    stack = form["StackName"]
    problems = (launch_role_problem(role, action, stack) for action in _ACTIONS if role)
    why = next(filter(None, problems), "")
    name = f"SC-{plan_id}"
    try:
        if not why:
            with acting_as(ActingPrincipal(role_arn=role, session="servicecatalog")):
                stacks.call("CreateChangeSet", {**form, "ChangeSetName": name})
                made = stacks.change_set(name)
                stacks.call("DeleteChangeSet", {"StackName": stack, "ChangeSetName": name})
            if made["Status"] == _MADE:
                changes = [_change(one) for one in stacks.changes_of(made)]
                return {"Status": "CREATE_SUCCESS", "StatusMessage": None, "_changes": changes}
            why = made["StatusReason"]
    except stacks.StackRefusedError as error:
        why = str(error)
    return {"Status": "CREATE_FAILED", "StatusMessage": why, "_changes": []}


def _change(told: Record) -> Record:
    """A change in Service Catalog's capitals."""
    change: dict[str, Any] = {
        "Action": told["Action"].upper(),
        "LogicalResourceId": told["LogicalResourceId"],
        "PhysicalResourceId": told.get("PhysicalResourceId"),
        "ResourceType": told["ResourceType"],
        "Replacement": str(told["Replacement"]).upper() if "Replacement" in told else None,
        "Scope": [attribute.upper() for attribute in told.get("Scope", [])],
        "Details": [_detail(detail) for detail in told.get("Details", [])],
    }
    return {name: value for name, value in change.items() if value is not None}


def _detail(told: Record) -> Record:
    target = told.get("Target", {})
    capitals = ("Attribute", "RequiresRecreation")
    shown = {name: target[name].upper() for name in capitals if target.get(name)}
    if target.get("Name"):
        shown["Name"] = target["Name"]
    detail = {"Target": shown, "Evaluation": told.get("Evaluation", "Static").upper()}
    if told.get("CausingEntity"):
        detail["CausingEntity"] = told["CausingEntity"]
    return detail


def _names(parameters: list[Record]) -> list[Record]:
    """Parameters without their values, which stay in the stack alone."""
    return [{name: value for name, value in one.items() if name != "Value"} for one in parameters]


def _created(plan: Record) -> Record:
    return {
        **{name: plan[name] for name in _SHOWN},
        "ProvisionedProductName": plan["ProvisionProductName"],
    }
