"""Before a decision everything is asked afresh, in as many requests whatever there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from console.deciding.decision import Decision
from console.deciding.looking import look
from console.deciding.situation import Situation
from deploy_dispatch.ledger import Decisions
from deploy_dispatch.stage_record import Presence, StageRecord
from tests.unit.console.ledger_table import ARN, GROUP, Table
from tests.unit.console.made_up_account import account_of
from tests.unit.console.made_up_registry import ANNA, SageMaker, refusal

PROJECT = ProjectNames.parse(GROUP)
REJECT = Decision("reject", "", "")


class Closed:
    """DynamoDB to whom it is closed."""

    def batch_get_item(self, **_: Any) -> None:
        raise refusal("AccessDeniedException", "denied", "BatchGetItem")


class Partial(SageMaker):
    """Has more approved versions than it lists at once."""

    def list_model_packages(self, **request: Any) -> Mapping[str, Any]:
        return {"ModelPackageSummaryList": [], "NextToken": "more"}


def _world(sagemaker: SageMaker, number: int) -> Table:
    """The newest version serves in dev, where all before it were healthy."""
    table = Table()
    presences = {
        f"{ARN}/{one}": Presence(healthy=f"2026-11-27T12:{one:02}:00.000Z", outcome="deployed")
        for one in range(1, number + 1)
    }
    approved = [Decisions(arn, is_approved=True, approved_by=ANNA, number=1) for arn in presences]
    for one in range(1, number + 1):
        sagemaker.add(one, "Approved")
    table.write({"dev": StageRecord(presences, f"{ARN}/{number}")}, *approved)
    return table


def _look(sagemaker: SageMaker, dynamodb: Any, number: int) -> tuple[Situation, list[str]]:
    gaps = PageGaps()
    account = account_of(sagemaker=sagemaker, dynamodb=dynamodb)
    seen = look(account, PROJECT, number, REJECT, gaps)
    assert seen is not None
    return seen, gaps.lines


def test_a_stage_may_go_back_to_what_people_approved_and_is_approved_now() -> None:
    sagemaker = SageMaker()
    table = _world(sagemaker, 4)
    sagemaker.packages[f"{ARN}/3"]["ModelApprovalStatus"] = "Rejected"
    table.write({}, Decisions(f"{ARN}/2", is_approved=True))  # by nobody
    seen, _ = _look(sagemaker, table, 4)
    assert seen.restorable == {f"{ARN}/1"}


@pytest.mark.parametrize("number", [2, 30])
def test_it_takes_as_many_requests_whatever_there_is(number: int) -> None:
    sagemaker = SageMaker()
    table = _world(sagemaker, number)
    _look(sagemaker, table, number)
    assert table.requests == 2


def test_what_was_healthy_beyond_the_listed_versions_is_not_denied() -> None:
    sagemaker = Partial()
    seen, _ = _look(sagemaker, _world(sagemaker, 3), 3)
    assert seen.restorable is None


@pytest.mark.parametrize(("number", "is_known"), [(9, True), (10, False)])
def test_to_whom_the_ledger_is_closed_the_newest_versions_tell(
    number: int,
    is_known: bool,  # a case
) -> None:
    sagemaker = SageMaker()
    for one in range(1, number + 1):
        sagemaker.add(one, "Approved")
    sagemaker.packages[f"{ARN}/{number}"]["CustomerMetadataProperties"] = {"dev-healthy": "2026"}
    seen, lines = _look(sagemaker, Closed(), number)
    assert seen.is_told_by_registry
    assert seen.is_this(seen.record("dev").serves)
    assert (seen.restorable is not None) == is_known
    assert any("dynamodb:BatchGetItem" in line for line in lines)


def test_a_version_that_is_gone_is_none() -> None:
    gaps = PageGaps()
    account = account_of(sagemaker=SageMaker(), dynamodb=Table())
    assert look(account, PROJECT, 3, REJECT, gaps) is None
    assert gaps.lines == []
