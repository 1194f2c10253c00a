"""Each kind of event is known by the name that AWS and the deploy workflow give it.

The names are those of what lies in queues, sent before this function was changed.
"""

from typing import Any

import pytest

from deploy_dispatch.handler import UnknownEventError, handle_event
from deploy_dispatch.ledger import Ledger
from invocation.toolbox import Toolbox
from tests.unit.functions.fake_aws import FakeAws
from tests.unit.functions.invocation_fakes import FakeContext, FakeTime

GROUP = "Rings-p-abcdefghijkl"
ARN = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{GROUP}/1"
PIPELINE = f"arn:aws:sagemaker:eu-west-1:111122223333:pipeline/{GROUP}"
CHANGE = {
    "ModelPackageGroupName": GROUP,
    "ModelPackageArn": ARN,
    "ModelApprovalStatus": "Approved",
    "UpdatedModelPackageFields": ["ModelApprovalStatus"],
}
REPORT = {
    "modelPackageGroupName": GROUP,
    "modelPackageArn": ARN,
    "stage": "dev",
    "outcome": "deployed",
    "at": "2026-11-01T12:00:00.000Z",
    "runUrl": "https://github.com/acme/rings-deploy/actions/runs/1",
}
EXECUTION = {
    "currentPipelineExecutionStatus": "Failed",
    "pipelineExecutionDescription": f"Commit {'c' * 40}",
    "pipelineArn": PIPELINE,
    "pipelineExecutionArn": f"{PIPELINE}/execution/x",
}


def _handle(aws: FakeAws, event: dict[str, Any]) -> str:
    time = FakeTime()
    http: Any = None
    environment = {
        "PROJECT_PARAMETER_PREFIX": "/mlops-sm-project/",
        "APPROVAL_TABLE": "approvals",
        "AWS_LAMBDA_FUNCTION_NAME": "dispatch",
    }
    tools = Toolbox(environment, http, aws.client, time.clock, time.sleep, lambda: 0.5)
    return handle_event({"id": "event-1", **event}, FakeContext(), tools)


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("SageMaker Model Package State Change", CHANGE),
        ("Stage Deployment Report", REPORT),
        ("Project Look", {"modelPackageGroupName": GROUP}),
        ("SageMaker Model Building Pipeline Execution Status Change", EXECUTION),
    ],
)
def test_an_event_about_no_project_of_this_template_is_let_go(
    kind: str, detail: dict[str, Any]
) -> None:
    source = "mlops-sm-project.p-abcdefghijkl.dev"
    said = _handle(FakeAws(), {"detail-type": kind, "source": source, "detail": detail})
    assert said == f"ignored: {GROUP} belongs to no project of this template"


def test_the_schedule_has_each_busy_project_looked_at_by_this_function() -> None:
    aws = FakeAws()
    ledger = Ledger(aws.client("dynamodb"), "approvals")
    ledger.mark_busy("b")
    ledger.mark_busy("a")
    assert _handle(aws, {"detail-type": "Scheduled Event"}) == "has 2 projects looked at"
    assert aws.invocations == [
        {
            "id": f"look-{group}-1800000000",
            "detail-type": "Project Look",
            "detail": {"modelPackageGroupName": group},
        }
        for group in ("a", "b")
    ]


@pytest.mark.parametrize("kind", ["Something Else", "project look", None])
def test_an_event_of_another_kind_is_refused(kind: str | None) -> None:
    with pytest.raises(UnknownEventError, match=repr(kind or "None")):
        _handle(FakeAws(), {"detail-type": kind, "detail": {}})


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        (
            "SageMaker Model Package State Change",
            CHANGE | {"UpdatedModelPackageFields": ["CustomerMetadataProperties"]},
            "ignored: it does not change what is to be deployed",
        ),
        (
            "SageMaker Model Building Pipeline Execution Status Change",
            EXECUTION | {"pipelineExecutionDescription": "by hand"},
            "ignored: no commit started this execution, or its status is passing",
        ),
    ],
)
def test_an_event_that_changes_nothing_is_let_go(
    kind: str, detail: dict[str, Any], said: str
) -> None:
    assert _handle(FakeAws(), {"detail-type": kind, "detail": detail}) == said
