"""MiniStack's Budgets with AWS's refusals, and with its CloudFormation type.

MiniStack judges calls of Budgets by their operation; AWS asks for ViewBudget or ModifyBudget. So
here who calls Budgets itself is the root user; stacks are asked for the rights of the registry.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import budgets

from rehearsal.aws.costs.budget_rules import check_budget_request
from rehearsal.aws.costs.errors import BudgetRefusedError
from rehearsal.aws.emulator.extensions import Extensions, Properties
from rehearsal.aws.emulator.service_requests import Request, Serve, json_members, serve_first
from rehearsal.aws.service_kit.json_service import refusal
from rehearsal.aws.service_kit.operations import Record
from rehearsal.aws.service_kit.resource_type import Created, ResourceType

_JSON = {"Content-Type": "application/x-amz-json-1.1"}
_GONE = "NotFoundException"


def add_budgets(registry: Extensions) -> None:
    """Check requests before MiniStack does them, and add the type."""

    async def serve(request: Request, handle: Serve) -> Any:
        try:
            check_budget_request(request.operation, json_members(request.body))
        except BudgetRefusedError as error:
            return refusal(error, "Message", _JSON)
        return await handle(request)

    serve_first(budgets, serve)
    BudgetType(lambda: None).add_to(registry)


class BudgetType(ResourceType[None]):
    """Known by its name; a change of what is told to whom makes another one."""

    name = "AWS::Budgets::Budget"

    def create(self, _logical_id: str, properties: Properties, _stack_name: str) -> Created:
        """Make the budget with its notifications."""
        budget = _budget(properties)
        notifications = [
            {**one, "Notification": _typed(one["Notification"])}
            for one in properties.get("NotificationsWithSubscribers", ())
        ]
        _call("CreateBudget", Budget=budget, NotificationsWithSubscribers=notifications)
        return budget["BudgetName"], {"Id": budget["BudgetName"]}

    def update(self, ref: str, _old: Properties, new: Properties, _stack_name: str) -> Created:
        """Change the amount or what is counted."""
        budget = _budget(new)
        if budget["BudgetName"] != ref:
            raise BudgetRefusedError("The rehearsal does not model another name alone.")
        _call("UpdateBudget", NewBudget=budget)
        return ref, {"Id": ref}

    def delete(self, ref: str, _properties: Properties) -> None:
        """Gone already is gone."""
        _call("DeleteBudget", BudgetName=ref)


def _budget(properties: Properties) -> Record:
    budget = dict(properties["Budget"])
    if not budget.get("BudgetName"):
        raise BudgetRefusedError("The rehearsal makes no name for a budget; give it one.")
    if "BudgetLimit" in budget:
        limit = budget["BudgetLimit"]
        budget["BudgetLimit"] = {**limit, "Amount": str(limit["Amount"])}
    return budget


def _typed(notification: Record) -> Record:
    return {**notification, "Threshold": float(notification["Threshold"])}


def _call(operation: str, **request: Any) -> None:
    """Do one call as CloudFormation does."""
    asked = {"AccountId": get_account_id(), **request}
    check_budget_request(operation, asked)
    status, _headers, body = budgets._DISPATCH[operation](asked)
    said = json.loads(body or b"{}")
    if status != 200 and not (operation == "DeleteBudget" and _GONE in str(said)):
        raise BudgetRefusedError(str(said.get("message") or said.get("Message") or said))
