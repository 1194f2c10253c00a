"""A form is a decision that SageMaker takes, or a sentence says why not."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.validate import validate_parameters
from hypothesis import given
from hypothesis import strategies as st

from console.asking.ledger import Decided
from console.deciding.decision import (
    LONGEST_COMMENT,
    Decision,
    NoDecisionError,
    hindrance,
    parse_decision,
)
from console.deciding.situation import Situation

ARN = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/rings/3"
ANNA = "arn:aws:iam::111122223333:user/anna"
GATES = {"dev": "automatic", "prod": "registry"}
_model = botocore.session.get_session().get_service_model("sagemaker")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("approve", {"ModelApprovalStatus": "Approved", "ApprovalDescription": "so"}),
        ("reject", {"ModelApprovalStatus": "Rejected", "ApprovalDescription": "so"}),
        (
            "open prod",
            {
                "ModelLifeCycle": {
                    "Stage": "prod",
                    "StageStatus": "Approved",
                    "StageDescription": "so",
                }
            },
        ),
    ],
)
def test_sagemaker_is_told_what_the_form_says(name: str, told: dict[str, object]) -> None:
    decision = parse_decision({"decision": name, "comment": " so "})
    assert decision.name == name
    assert decision.told == told
    shape = _model.operation_model("UpdateModelPackage").input_shape
    validate_parameters({"ModelPackageArn": ARN, **decision.told}, shape)


def test_a_comment_is_as_long_as_sagemaker_takes() -> None:
    for shape in ("ApprovalDescription", "StageDescription"):
        assert _model.shape_for(shape).metadata["max"] == LONGEST_COMMENT
    longest = {"decision": "reject", "comment": "x" * LONGEST_COMMENT}
    assert parse_decision(longest).comment == "x" * LONGEST_COMMENT
    with pytest.raises(NoDecisionError, match=r"has 1,025 characters, and AWS takes 1,024"):
        parse_decision({**longest, "comment": "x" * (LONGEST_COMMENT + 1)})


def test_a_decision_without_a_comment_takes_that_of_the_one_before_away() -> None:
    assert parse_decision({"decision": "approve"}).told["ApprovalDescription"] == ""
    assert (
        "StageDescription" not in parse_decision({"decision": "open prod"}).told["ModelLifeCycle"]
    )


@pytest.mark.parametrize("comment", ["a\nb", "a\x00b", "a\u202eb", "a\u2028b"])
def test_a_comment_is_one_line_that_can_be_shown(comment: str) -> None:
    with pytest.raises(NoDecisionError, match="write one line"):
        parse_decision({"decision": "reject", "comment": comment})


@given(st.text(max_size=30))
def test_no_other_decision_is_taken(name: str) -> None:
    try:
        decision = parse_decision({"decision": name})
    except NoDecisionError as error:
        assert "load the version's page again" in str(error)  # noqa: PT017 # or it is one
    else:
        assert decision.name == name


@pytest.mark.parametrize("name", ["", "open", "open ", "open Prod", "approve prod", "open a" * 9])
def test_what_is_almost_a_decision_is_refused(name: str) -> None:
    with pytest.raises(NoDecisionError):
        parse_decision({"decision": name})


def _seen(approval: str, decided: Decided, you: str = ANNA) -> Situation:
    return Situation(ARN, approval, you, GATES, decided=decided)


@pytest.mark.parametrize(
    ("approval", "decided", "name", "why"),
    [
        ("PendingManualApproval", Decided(), "approve", ""),
        ("Rejected", Decided(), "approve", ""),
        ("Approved", Decided(ANNA), "approve", "Version 3 is approved already."),
        ("Approved", Decided(), "approve", ""),  # nobody was seen to approve it
        ("Approved", Decided(ANNA), "reject", ""),
        ("Rejected", Decided(), "reject", "Version 3 is rejected already."),
        ("Approved", Decided("bert", 1, "prod"), "open prod", ""),
        (
            "Approved",
            Decided(ANNA, 1, "prod"),
            "open prod",
            f"{ANNA} approved the model, and somebody else must open prod.",
        ),
        ("Approved", Decided("bert", 1), "open prod", "Version 3 has not come to prod yet."),
        (
            "Approved",
            Decided("bert", 1, "prod", {"prod": "carl"}),
            "open prod",
            "carl opened prod for it already.",
        ),
        (
            "Rejected",
            Decided("", 1, "prod"),
            "open prod",
            "Version 3 is not approved; somebody approves it first.",
        ),
        (
            "Approved",
            Decided("bert", 1, "dev"),
            "open dev",
            "No stage dev has a gate in the registry; see config/stages.yml.",
        ),
    ],
)
def test_what_would_change_nothing_is_not_sent(
    approval: str, decided: Decided, name: str, why: str
) -> None:
    assert hindrance(_seen(approval, decided), parse_decision({"decision": name})) == why


def test_a_session_of_the_approvers_role_cannot_open_a_gate() -> None:
    role = "arn:aws:iam::111122223333:role/reviewers"
    you = "arn:aws:sts::111122223333:assumed-role/reviewers/somebody"
    seen = _seen("Approved", Decided(role, 1, "prod"), you)
    assert "somebody else must open prod" in hindrance(seen, Decision("open", "prod", ""))
