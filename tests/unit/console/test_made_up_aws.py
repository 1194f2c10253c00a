"""What stands for AWS in tests answers as AWS would, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.console.made_up_aws import MadeUpAccount

_ASKED = {"PipelineName": "rings"}


def _executions(answer: Any, text: str = "") -> Any:
    account = MadeUpAccount({"ListPipelineExecutions": answer}, text=text)
    return account.client("sagemaker").list_pipeline_executions(**_ASKED)


@pytest.mark.parametrize(
    "odd", [{"Executions": []}, {"PipelineExecutionSummaries": [{"Arn": "a"}]}]
)
def test_an_answer_that_aws_cannot_give_is_none(odd: Any) -> None:
    with pytest.raises(AssertionError, match="Unknown parameter"):
        _executions(odd)


def test_what_is_not_answered_is_refused_and_what_cannot_be_asked_is_not_sent() -> None:
    account = MadeUpAccount()
    with pytest.raises(ClientError, match=r"AccessDenied.*ListPipelineExecutions"):
        account.client("sagemaker").list_pipeline_executions(**_ASKED)
    with pytest.raises(ParamValidationError):
        account.client("sagemaker").list_pipeline_executions(Name="rings")
    assert account.asked == [("ListPipelineExecutions", _ASKED)]


def test_with_a_text_all_is_told_that_aws_may_tell() -> None:
    one = {"PipelineExecutionSummaries": [{"PipelineExecutionArn": "a"}]}
    assert _executions(one)["PipelineExecutionSummaries"] == one["PipelineExecutionSummaries"]
    [told] = _executions(one, "odd")["PipelineExecutionSummaries"]
    assert told["PipelineExecutionDescription"] == "odd"
    assert told["PipelineExecutionStatus"] == "Executing"
    assert told["PipelineExecutionArn"] == "a"
