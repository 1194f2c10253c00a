"""Before a decision everything is asked afresh, in as many requests whatever there is."""

from __future__ import annotations

import pytest

from console.asking.gaps import PageGaps
from console.deciding.decision import Decision
from console.deciding.looking import look
from console.deciding.situation import Situation
from deploy_dispatch.ledger import Decisions
from deploy_dispatch.stage_record import Presence, StageRecord
from tests.unit.console.made_up_project import ANNA, ARN, PROJECT, MadeUpProject

REJECT = Decision("reject", "", "")


def _project(number: int) -> MadeUpProject:
    """The newest version serves in dev, where all before it were healthy."""
    project = MadeUpProject()
    presences = {
        f"{ARN}/{one}": Presence(healthy=f"2026-11-27T12:{one:02}:00.000Z", outcome="deployed")
        for one in range(1, number + 1)
    }
    approved = [Decisions(arn, is_approved=True, approved_by=ANNA, number=1) for arn in presences]
    for one in range(1, number + 1):
        project.add(one)
    project.write({"dev": StageRecord(presences, f"{ARN}/{number}")}, *approved)
    return project


def _look(project: MadeUpProject, number: int) -> tuple[Situation, list[str]]:
    gaps = PageGaps()
    seen = look(project.account, PROJECT, number, REJECT, gaps)
    assert seen is not None
    return seen, gaps.lines


def test_a_stage_may_go_back_to_what_people_approved_and_is_approved_now() -> None:
    project = _project(4)
    project.packages[f"{ARN}/3"]["ModelApprovalStatus"] = "Rejected"
    project.write({}, Decisions(f"{ARN}/2", is_approved=True))  # by nobody
    seen, _ = _look(project, 4)
    assert seen.restorable == {f"{ARN}/1"}


@pytest.mark.parametrize("number", [2, 30])
def test_it_takes_as_many_requests_whatever_there_is(number: int) -> None:
    project = _project(number)
    _look(project, number)
    assert len(project.account.asked_of("BatchGetItem")) == 2


def test_what_was_healthy_beyond_the_listed_versions_is_not_denied() -> None:
    project = _project(3)
    some = {"ModelPackageSummaryList": [], "NextToken": "more"}
    project.account.answers["ListModelPackages"] = some
    seen, _ = _look(project, 3)
    assert seen.restorable is None


@pytest.mark.parametrize(("number", "is_known"), [(9, True), (10, False)])
def test_to_whom_the_ledger_is_closed_the_newest_versions_tell(
    number: int,
    is_known: bool,  # a case
) -> None:
    project = MadeUpProject()
    project.close_ledger()
    for one in range(1, number + 1):
        project.add(one)
    project.packages[f"{ARN}/{number}"]["CustomerMetadataProperties"] = {"dev-healthy": "2026"}
    seen, lines = _look(project, number)
    assert seen.is_told_by_registry
    assert seen.is_this(seen.record("dev").serves)
    assert (seen.restorable is not None) == is_known
    assert any("dynamodb:BatchGetItem" in line for line in lines)


def test_a_version_that_is_gone_is_none() -> None:
    gaps = PageGaps()
    assert look(MadeUpProject().account, PROJECT, 3, REJECT, gaps) is None
    assert gaps.lines == []
