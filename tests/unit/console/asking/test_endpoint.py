"""What SageMaker says of an endpoint, at rest and while a version takes over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from console.asking.endpoint import endpoint_of, endpoint_question
from console.asking.gaps import PageGaps
from console.pictures.traffic_bar import draw, parts_of
from tests.console.made_up_aws import Asked, MadeUpAccount, Refusal

NOW = datetime(2026, 11, 27, tzinfo=UTC)
_ARN = "arn:aws:sagemaker:eu-west-1:111122223333"
AT_REST: Mapping[str, Any] = {
    "EndpointName": "a-prod",
    "EndpointArn": "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/a-prod",
    "EndpointStatus": "InService",
    "EndpointConfigName": "old",
    "CreationTime": NOW,
    "LastModifiedTime": NOW,
    "ProductionVariants": [
        {
            "VariantName": "AllTraffic",
            "CurrentWeight": 1.0,
            "CurrentInstanceCount": 4,
            "DesiredInstanceCount": 4,
        }
    ],
}
CONFIG = {"ProductionVariants": [{"VariantName": "AllTraffic", "InstanceType": "ml.m5.large"}]}


def _taking_over(status: str, message: str) -> dict[str, Any]:
    pending = {
        "EndpointConfigName": "new",
        "StartTime": NOW,
        "ProductionVariants": [
            {
                "VariantName": "AllTraffic",
                "CurrentWeight": 1.0,
                "InstanceType": "ml.m5.large",
                "CurrentInstanceCount": 4,
                "DesiredInstanceCount": 4,
                "VariantStatus": [{"Status": status, "StatusMessage": message}],
            }
        ],
    }
    return {**AT_REST, "EndpointStatus": "Updating", "PendingDeploymentSummary": pending}


def test_an_endpoint_at_rest_gives_all_requests_to_its_variant() -> None:
    endpoint = endpoint_of(AT_REST, CONFIG)
    assert endpoint.deployment is None
    assert endpoint.variants[0].described == "4 x ml.m5.large"
    assert [part.text for part in parts_of(endpoint)] == ["AllTraffic: 100 % of the requests"]


@pytest.mark.parametrize(
    ("status", "message", "share"),
    [
        ("Creating", "Launching 4 instance(s).", 0.0),
        ("ActivatingTraffic", "Activating traffic on canary capacity of 1 instance(s).", 0.25),
        (
            "Baking",
            "Baking for 300 seconds (WaitIntervalInSeconds) with traffic enabled on canary "
            "capacity of 1 instance(s).",
            0.25,
        ),
        (
            "Baking",
            "Baking for 300 seconds (TerminationWaitInSeconds) with traffic enabled on full "
            "capacity of 4 instance(s).",
            1.0,
        ),
        ("Baking", "Baking in other words.", None),
        ("Deleting", "Terminating 4 instance(s).", None),
        ("Updating", "", None),
    ],
)
def test_the_share_of_a_canary_is_what_sagemaker_says(
    status: str, message: str, share: float | None
) -> None:
    endpoint = endpoint_of(_taking_over(status, message), CONFIG)
    assert endpoint.deployment is not None
    assert endpoint.deployment.share == share
    shares = [(part.name, part.share, part.state) for part in parts_of(endpoint)]
    if share is None:
        assert shares == []
    else:
        assert shares == [("old", 1 - share, "serves"), ("new", share, "takes-over")]


def test_an_endpoint_that_is_made_for_the_first_time_gets_no_request_yet() -> None:
    new = {**_taking_over("Creating", "Launching 4 instance(s)."), "EndpointStatus": "Creating"}
    assert parts_of(endpoint_of(new, CONFIG)) == []


def test_the_bar_is_as_wide_as_the_shares_and_says_so() -> None:
    message = "Baking for 9 seconds (X) with traffic enabled on canary capacity of 1 instance(s)."
    picture = str(draw(parts_of(endpoint_of(_taking_over("Baking", message), CONFIG))))
    assert "<title>old: 75 % of the requests; new: 25 % of the requests</title>" in picture
    assert '<rect x="0" y="0" width="450" height="28" class="serves" />' in picture
    assert '<rect x="450" y="0" width="150" height="28" class="takes-over" />' in picture


def _config(asked: Asked) -> Mapping[str, Any]:
    name = asked["EndpointConfigName"]
    variant = {"VariantName": "AllTraffic", "ModelName": f"model-of-{name}"}
    return {"EndpointConfigArn": f"{_ARN}:endpoint-config/{name}", "ProductionVariants": [variant]}


def _model(asked: Asked) -> Mapping[str, Any]:
    number = {"model-of-old": 4, "model-of-new": 12}[asked["ModelName"]]
    package = f"{_ARN}:model-package/a-p-abcdefghijkl/{number}"
    return {"ModelArn": f"{_ARN}:model/any", "Containers": [{"ModelPackageName": package}]}


@pytest.mark.parametrize(
    ("model", "names", "told"),
    [
        (_model, ["Version 4", "Version 12"], []),
        (
            {"ModelArn": f"{_ARN}:model/any", "PrimaryContainer": {"Image": "of no version"}},
            ["old", "new"],
            [],
        ),
        (
            Refusal("AccessDeniedException"),
            ["old", "new"],
            [
                "Versions in the endpoint: not known, since the right sagemaker:DescribeModel "
                "is missing."
            ],
        ),
    ],
)
def test_who_shares_the_requests_is_told_by_version_where_that_may_be_read(
    model: Any, names: list[str], told: list[str]
) -> None:
    message = "Baking for 9 seconds (X) with traffic enabled on canary capacity of 1 instance(s)."
    account = MadeUpAccount(
        {
            "DescribeEndpoint": _taking_over("Baking", message),
            "DescribeEndpointConfig": _config,
            "DescribeModel": model,
        }
    )
    gaps = PageGaps()
    question = endpoint_question(account, "a-prod")
    assert [part.name for part in parts_of(question.ask(gaps))] == names
    assert gaps.lines == told


def test_configurations_that_were_read_are_not_read_again_at_each_look() -> None:
    answers = {"DescribeEndpoint": _taking_over("Creating", ""), "DescribeModel": _model}
    account = MadeUpAccount({**answers, "DescribeEndpointConfig": _config})
    question = endpoint_question(account, "a-prod")
    for _ in range(3):
        question.ask(PageGaps())
    assert len(account.asked_of("DescribeEndpoint")) == 3
    assert len(account.asked_of("DescribeEndpointConfig")) == 2
    assert len(account.asked_of("DescribeModel")) == 2


def test_serverless_variants_and_endpoints_without_any_are_described() -> None:
    config = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    variant = {"VariantName": "AllTraffic", "CurrentServerlessConfig": config, "CurrentWeight": 1}
    serverless = endpoint_of({**AT_REST, "ProductionVariants": [variant]}, {})
    assert serverless.variants[0].described == (
        "serverless, 2048 MiB, at most 5 requests at a time"
    )
    bare = {name: value for name, value in AT_REST.items() if name != "ProductionVariants"}
    assert endpoint_of({**bare, "FailureReason": "no image"}, {}).reason == "no image"
