"""What a stage serves is told by the ledger; by the registry to whom that is closed."""

from __future__ import annotations

from typing import Any

import pytest

from console.asking.gaps import PageGaps
from console.asking.standing import Serving, serving_version, standing_question
from console.asking.versions import MOST_SHOWN
from deploy_dispatch.stage_record import Presence, StageRecord
from tests.unit.console.made_up_project import ARN, PROJECT, MadeUpProject

SERVED = {
    "approved-by": "arn:aws:iam::111122223333:user/ada",
    "commit": "c" * 40,
    "dev-healthy": "2026-11-27T13:05:18.423Z",
    "dev-last": "2026-11-27T13:05:18.423Z deployed",
}
FAILED = {
    "dev-last": "2026-11-28T13:05:18.423Z failed",
    "dev-attention": "The test of dev failed.",
}


def _serves(project: MadeUpProject, stage: str, number: int) -> None:
    """Let the ledger say so."""
    arn = f"{ARN}/{number}"
    project.write({stage: StageRecord({arn: Presence(healthy="2026-11-27T13:05:18.423Z")}, arn)})


def _standing(project: MadeUpProject) -> Any:
    return standing_question(project.account, PROJECT, "dev").ask(PageGaps())


def test_the_ledger_says_what_serves_and_the_registry_the_rest() -> None:
    project = MadeUpProject()
    _serves(project, "dev", 4)
    project.add(5, CustomerMetadataProperties=FAILED)
    project.add(4, CustomerMetadataProperties=SERVED)
    found = _standing(project)
    assert (found.stage.version, found.status.version) == ("4", "4")
    assert found.status.approved_by.endswith("user/ada")
    assert found.status.commit == "c" * 40
    assert (found.status.last_run.version, found.status.last_run.outcome) == ("5", "failed")
    assert found.attention == "The test of dev failed."
    assert not found.is_told_by_registry


def test_a_served_version_that_is_older_than_those_listed_is_asked_for() -> None:
    project = MadeUpProject()
    _serves(project, "dev", 2)
    for number in range(3, 3 + MOST_SHOWN):
        project.add(number)
    project.add(2, CustomerMetadataProperties=SERVED)
    found = _standing(project)
    assert found.status.version == "2"
    assert found.status.commit == "c" * 40


def test_a_stage_that_the_ledger_does_not_know_serves_nothing_whatever_the_registry_says() -> None:
    project = MadeUpProject()
    _serves(project, "prod", 4)
    project.add(4, CustomerMetadataProperties=SERVED)
    found = _standing(project)
    assert (found.stage.version, found.status.version) == ("", "")


def test_the_registry_tells_to_whom_the_ledger_is_closed() -> None:
    project = MadeUpProject()
    project.close_ledger()
    project.add(4, CustomerMetadataProperties=SERVED)
    found = _standing(project)
    assert (found.stage.version, found.stage.since) == ("4", SERVED["dev-healthy"])
    assert found.is_told_by_registry


@pytest.mark.parametrize("is_closed", [False, True])
def test_the_version_that_serves_is_found_either_way(is_closed: bool) -> None:
    project = MadeUpProject()
    project.add(5)
    _serves(project, "dev", 4)
    if is_closed:
        project.close_ledger()
    project.add(4, CustomerMetadataProperties=SERVED)
    version = serving_version(project.account, PROJECT, "dev", PageGaps()).version
    assert version is not None
    assert version.number == 4
    # An open ledger tells which one, so that no other is asked for.
    assert len(project.account.asked_of("DescribeModelPackage")) == (2 if is_closed else 1)


def test_no_version_is_asked_for_where_none_serves() -> None:
    project = MadeUpProject()
    _serves(project, "prod", 4)
    assert serving_version(project.account, PROJECT, "dev", PageGaps()) == Serving(None)


def test_a_stage_that_serves_nothing_any_more_is_noted_nevertheless() -> None:
    project = MadeUpProject()
    removed = Presence(removed="2026-11-27T12:00:00.000Z")
    project.write({"dev": StageRecord({f"{ARN}/4": removed}, "")})
    found = serving_version(project.account, PROJECT, "dev", PageGaps())
    assert found == Serving(None, is_noted=True)
