"""Updates of an endpoint under guardrails: real fleets share real requests, and alarms end them."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import allow, policy, trust, wait_for
from rehearsal.tests.sagemaker.sagemaker_aws import SAGEMAKER, SageMakerAws, archive
from rehearsal.tests.sagemaker.versions import (
    MINUTE,
    VARIANT,
    Versions,
    blue_green,
    guarded,
    load_on,
    rolling,
)


@pytest.fixture(scope="module")
def versions(aws: SageMakerAws) -> Iterator[Versions]:
    made = Versions(aws)
    yield made
    made.close()


@pytest.fixture(scope="module")
def blue(versions: Versions) -> str:
    """A configuration on four instances."""
    return versions.config("blue", instances=4)


@pytest.fixture(scope="module")
def green(versions: Versions) -> str:
    """Another one."""
    return versions.config("green", instances=4)


def _update(aws: SageMakerAws, endpoint: str, config: str, deployment: dict[str, Any]) -> None:
    aws.sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=config, DeploymentConfig=deployment
    )


def _deployment_events(aws: SageMakerAws, endpoint: str) -> Any:
    """A function that takes the deployment events that came since."""
    sqs, events = aws.client("sqs"), aws.client("events")
    url = sqs.create_queue(QueueName=f"events-of-{endpoint}")["QueueUrl"]
    arn = f"arn:aws:sqs:eu-west-1:111122223333:events-of-{endpoint}"
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Endpoint Deployment State Change"],
        "detail": {"EndpointName": [endpoint]},
    }
    events.put_rule(Name=f"events-of-{endpoint}", EventPattern=json.dumps(pattern))
    sender = {"Service": "events.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": sender, "Action": "sqs:SendMessage"}
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": policy({**statement, "Resource": arn})}
    )
    events.put_targets(Rule=f"events-of-{endpoint}", Targets=[{"Id": "queue", "Arn": arn}])

    def take() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                found.append(json.loads(message["Body"])["detail"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    return take


def test_a_canary_gets_its_share_until_an_alarm_takes_it_back(
    aws: SageMakerAws, versions: Versions, blue: str, green: str
) -> None:
    endpoint = versions.endpoint("canary", blue)
    take_events = _deployment_events(aws, endpoint)
    alarm = versions.alarm("canary-fails", endpoint)
    config = guarded(blue_green("CANARY", 3600, CanarySize=25), alarm)
    _update(aws, endpoint, green, config)
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        _update(aws, endpoint, green, config)
    baking = versions.wait_for_status(endpoint, "Baking")
    assert baking["StatusMessage"] == (
        "Baking for 3600 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity "
        "of 1 instance(s)."
    )
    answers = Counter(aws.predict(endpoint, "which") for _ in range(200))
    assert set(answers) == {blue, green}
    assert 0.12 < answers[green] / 200 < 0.38
    shown = versions.shown(endpoint)
    assert shown["EndpointStatus"] == "Updating"
    assert shown["EndpointConfigName"] == blue
    pending = shown["PendingDeploymentSummary"]
    assert pending["EndpointConfigName"] == green
    assert pending["ProductionVariants"][0]["DesiredInstanceCount"] == 4

    for _ in range(40):
        with pytest.raises(aws.runtime.exceptions.ModelError):
            aws.predict(endpoint, "fail")
    settled = versions.settled(endpoint)
    assert settled["EndpointStatus"] == "InService"
    assert settled["EndpointConfigName"] == blue
    assert alarm in settled["FailureReason"]
    assert "PendingDeploymentSummary" not in settled
    assert {aws.predict(endpoint, "which") for _ in range(30)} == {blue}

    told = [event["PendingDeploymentSummary"]["ProductionVariants"] for event in take_events()]
    stages = [variants[0]["VariantStatus"][0]["Status"] for variants in told]
    assert stages == ["Creating", "ActivatingTraffic", "Baking", "Deleting"]


def test_a_deployment_under_load_loses_no_request(
    aws: SageMakerAws, versions: Versions, blue: str, green: str
) -> None:
    endpoint = versions.endpoint("loaded", blue)
    deployment = blue_green("CANARY", MINUTE, MINUTE, CanarySize=50)
    with load_on(aws, endpoint, clients=3, body="sleep 0.05") as load:
        _update(aws, endpoint, green, deployment)
        settled = versions.settled(endpoint)
        after = len(load.answers)
        wait_for(lambda: len(load.answers) > after + 20, what="more answers")
    assert settled["EndpointConfigName"] == green
    assert load.errors == []
    assert set(load.answers) == {blue, green}
    assert set(load.answers[after + 3 :]) == {green}
    assert settled["LastDeploymentConfig"] == deployment


def test_what_clients_do_wrong_does_not_end_a_deployment(
    aws: SageMakerAws, versions: Versions, blue: str, green: str
) -> None:
    endpoint = versions.endpoint("misused", blue)
    alarm = versions.alarm("misused-fails", endpoint)
    deployment = guarded(blue_green("CANARY", 2 * MINUTE, CanarySize=50), alarm)
    with load_on(aws, endpoint, clients=1, body="wrong") as load:
        _update(aws, endpoint, green, deployment)
        settled = versions.settled(endpoint)
    assert settled["EndpointConfigName"] == green
    assert {error.response["OriginalStatusCode"] for error in load.errors} == {400}


def test_the_old_fleet_ends_after_its_last_answer(
    aws: SageMakerAws, versions: Versions, blue: str, green: str
) -> None:
    endpoint = versions.endpoint("draining", blue)
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(aws.predict(endpoint, "sleep 8")))
    asking.start()
    aws.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=green)
    wait_for(lambda: aws.predict(endpoint, "which") == green, what="the new fleet")
    asking.join()
    assert answers == [blue]
    assert versions.settled(endpoint)["EndpointConfigName"] == green


def test_linear_turns_traffic_on_step_by_step(
    aws: SageMakerAws, versions: Versions, blue: str, green: str
) -> None:
    endpoint = versions.endpoint("linear", blue)
    take_events = _deployment_events(aws, endpoint)
    _update(aws, endpoint, green, blue_green("LINEAR", MINUTE // 2, 5, LinearStepSize=25))
    assert versions.settled(endpoint)["EndpointConfigName"] == green
    told = [event["PendingDeploymentSummary"]["ProductionVariants"][0] for event in take_events()]
    messages = [variant["VariantStatus"][0]["StatusMessage"] for variant in told]
    baked = [message for message in messages if message.startswith("Baking")]
    assert [message.rsplit("of ", 1)[-1] for message in baked] == [
        f"{count} instance(s)." for count in (1, 2, 3, 4)
    ]
    assert "5 seconds (TerminationWaitInSeconds)" in baked[-1]


def test_rolling_replaces_batch_by_batch_and_rolls_back(
    aws: SageMakerAws, versions: Versions, blue: str, green: str
) -> None:
    endpoint = versions.endpoint("rolling", blue)
    back = {"RollbackMaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1}}
    _update(aws, endpoint, green, rolling(50, MINUTE // 2))
    assert versions.settled(endpoint)["EndpointConfigName"] == green

    alarm = versions.alarm("rolling-fails", endpoint)
    _update(aws, endpoint, blue, guarded(rolling(50, 3600, **back), alarm))
    versions.wait_for_status(endpoint, "Baking", "2 instance(s)")
    answers = {aws.predict(endpoint, "which") for _ in range(40)}
    assert answers == {blue, green}
    for _ in range(20):
        with pytest.raises(aws.runtime.exceptions.ModelError):
            aws.predict(endpoint, "fail")
    settled = versions.settled(endpoint)
    assert (settled["EndpointStatus"], settled["EndpointConfigName"]) == ("InService", green)
    assert alarm in settled["FailureReason"]


def test_an_alarm_that_is_on_already_ends_the_deployment(
    aws: SageMakerAws, versions: Versions, blue: str, green: str
) -> None:
    endpoint = versions.endpoint("alarmed", blue)
    on = versions.alarm("always-on", endpoint, TreatMissingData="breaching")
    _update(aws, endpoint, green, guarded(blue_green("ALL_AT_ONCE"), on))
    settled = versions.settled(endpoint)
    assert settled["EndpointConfigName"] == blue
    assert on in settled["FailureReason"]


def test_a_fleet_that_does_not_start_is_rolled_back(
    aws: SageMakerAws, versions: Versions, blue: str
) -> None:
    endpoint = versions.endpoint("stays", blue)
    url = aws.put("versions/surplus/model.tar.gz", archive(**{"surplus.txt": "x"}))
    aws.create_config("surplus", url)
    aws.sagemaker.create_endpoint_config(
        EndpointConfigName="surplus-twice",
        ProductionVariants=[
            {
                "VariantName": VARIANT,
                "ModelName": "surplus",
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 2,
            }
        ],
    )
    _update(aws, endpoint, "surplus-twice", blue_green("CANARY", 60, CanarySize=50))
    settled = versions.settled(endpoint)
    assert (settled["EndpointStatus"], settled["EndpointConfigName"]) == ("InService", blue)
    assert "FailureReason" not in settled
    assert aws.predict(endpoint, "which") == blue


def test_what_cannot_be_deployed_is_refused_at_once(
    aws: SageMakerAws, versions: Versions, blue: str
) -> None:
    endpoint = versions.endpoint("refusing", blue)
    single = versions.config("single", instances=1)
    refusals = [
        (single, blue_green("CANARY", CanarySize=50), "CanarySize must be at most 50%"),
        (blue, guarded(blue_green("ALL_AT_ONCE"), "absent"), "alarm.*absent"),
        (blue, guarded({}, *[f"a{n}" for n in range(11)]), "length less than or equal to 10"),
    ]
    for config, deployment, words in refusals:
        with pytest.raises(ClientError, match=words) as refused:
            _update(aws, endpoint, config, deployment)
        assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert versions.shown(endpoint)["EndpointStatus"] == "InService"


def test_the_role_of_the_model_must_be_allowed_to_look_at_the_alarms(
    aws: SageMakerAws, versions: Versions
) -> None:
    data = allow(["ecr:*", "logs:*", "s3:*"])
    role = aws.role("sees-no-alarms", trust(SAGEMAKER), data)
    versions.model("blind", role=role)
    served = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    aws.sagemaker.create_endpoint_config(
        EndpointConfigName="blind",
        ProductionVariants=[{"VariantName": VARIANT, "ModelName": "blind", **served}],
    )
    alarm = versions.alarm("unseen", "blind")
    creation = {
        "EndpointName": "blind",
        "EndpointConfigName": "blind",
        "DeploymentConfig": guarded({}, alarm),
    }
    with pytest.raises(ClientError, match=r"sees-no-alarms.*cloudwatch:DescribeAlarms.*unseen"):
        aws.sagemaker.create_endpoint(**creation)
    looks = allow("cloudwatch:DescribeAlarms", "arn:aws:cloudwatch:*:*:alarm:unseen")
    aws.client("iam").put_role_policy(
        RoleName="sees-no-alarms", PolicyName="alarms", PolicyDocument=policy(looks)
    )
    assert aws.sagemaker.create_endpoint(**creation)
    versions.endpoints.append("blind")


def test_a_deployment_configuration_is_kept_for_the_next_update(
    aws: SageMakerAws, versions: Versions, blue: str, green: str
) -> None:
    deployment = blue_green("ALL_AT_ONCE", termination=7)
    endpoint = versions.endpoint("keeping", blue, DeploymentConfig=deployment)
    aws.sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=green, RetainDeploymentConfig=True
    )
    versions.wait_for_status(endpoint, "Baking", "7 seconds (TerminationWaitInSeconds)")
    assert versions.settled(endpoint)["LastDeploymentConfig"] == deployment
