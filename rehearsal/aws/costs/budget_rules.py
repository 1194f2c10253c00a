"""What Budgets refuses and MiniStack takes: what fits no model, and topics that it cannot tell.

Sources: botocore's model; AWS Budgets API reference, Subscriber ("one SNS subscriber"); Cost
Management user guide, "Creating an Amazon SNS topic for budget notifications" ("must be in the same
account") and "Budget filters" (tags of users begin with `user:`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_account_id

from rehearsal.aws.costs.errors import BudgetRefusedError
from rehearsal.aws.service_kit.model_validation import ModelValidationError, validate
from rehearsal.aws.service_kit.operations import Record

_TOPIC = re.compile(r"arn:aws:sns:[a-z0-9-]+:(?P<account>[0-9]{12}):[A-Za-z0-9_-]{1,256}")
_TAG = re.compile(r"(user|aws):[^$]+\$.*")


def check_budget_request(operation: str, request: Record) -> None:
    """Refuse a request that AWS would.

    Raises:
        BudgetRefusedError: says why.
    """
    try:
        validate("budgets", operation, request)
    except ModelValidationError as error:
        raise BudgetRefusedError(str(error)) from None
    for problem in _problems(request):
        raise BudgetRefusedError(problem)


def _problems(request: Record) -> Iterator[str]:
    budget = request.get("Budget") or request.get("NewBudget") or {}
    if budget and budget["BudgetType"] == "COST" and not budget.get("BudgetLimit"):
        yield "BudgetLimit is required for cost budgets."
    for value in (budget.get("CostFilters") or {}).get("TagKeyValue", ()):
        if not _TAG.fullmatch(value):
            yield f"The filter {value} names no tag as user:KEY$VALUE."
    for one in request.get("NotificationsWithSubscribers") or ():
        yield from _of_subscribers(one.get("Subscribers") or ())


def _of_subscribers(subscribers: Any) -> Iterator[str]:
    topics = [one["Address"] for one in subscribers if one["SubscriptionType"] == "SNS"]
    if len(topics) > 1:
        yield "A notification has at most one SNS subscriber."
    for topic in topics:
        found = _TOPIC.fullmatch(topic)
        if found is None or found["account"] != get_account_id():
            yield f"Invalid SNS topic: {topic} is no topic of account {get_account_id()}."
