"""One deployment for each approval, whatever fails and however often the event arrives."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.laboratory.trials.approvals import prepare, run_approvals
from rehearsal.laboratory.trials.approver import Approver
from rehearsal.laboratory.trials.fault_kinds import FAULTS
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.tests.emulator.local_aws import wait_for


@pytest.fixture(scope="module")
def approvers(ground: Ground) -> Iterator[list[Approver]]:
    made = prepare(ground)
    yield made
    for approver in made:
        assert approver.project.delete().is_good


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "everywhere", [False, pytest.param(True, marks=pytest.mark.proof("matrices"))]
)
def test_no_approval_is_lost_or_deployed_twice(approvers: list[Approver], everywhere: bool) -> None:
    report = run_approvals(approvers, FAULTS, everywhere=everywhere)
    assert report.broken == []
    assert report.not_injected == []
    assert [row for row in report.rows if row.double or row.lost] == []
    assert sum(row.once for row in report.rows) >= len(FAULTS)


@pytest.mark.timeout(300)
def test_a_version_that_was_rejected_and_approved_again_is_deployed_again(
    approvers: list[Approver],
) -> None:
    approver = approvers[0]
    arn = approver.register()
    approver.decide(arn)
    approver.wait_until_started(arn)
    approver.decide(arn, "Rejected")
    wait_for(lambda: approver.state(arn) == "", what="the claim to be given up")
    approver.decide(arn)
    approver.wait_until_started(arn)
    assert approver.runs()[arn] == 2


@pytest.mark.timeout(300)
def test_events_that_approve_nothing_start_nothing(approvers: list[Approver]) -> None:
    approver = approvers[0]
    rejected, edited = approver.register(), approver.register()
    approver.decide(rejected, "Rejected")
    approver.deliver(
        approver.event_of(rejected)
    )  # a late one: it says approved, the truth does not
    event = approver.event_of(edited)
    event["detail"]["UpdatedModelPackageFields"] = ["CustomerMetadataProperties"]
    approver.deliver(event)
    foreign = approver.event_of(edited)
    foreign["detail"]["ModelPackageGroupName"] = "somebody-elses-models"
    approver.deliver(foreign)
    last = approver.register()
    approver.decide(last)
    approver.wait_until_started(last)
    runs = approver.runs()
    assert (runs[rejected], runs[edited], runs[last]) == (0, 0, 1)


@pytest.fixture
def failures_url(ground: Ground) -> str:
    stack = ground.world.administrator.client("cloudformation").describe_stacks(
        StackName=names.STACK
    )["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return str(outputs["DispatchFailuresQueueUrl"])


@pytest.mark.timeout(300)
def test_an_approval_with_a_dead_token_waits_in_the_queue_until_the_redrive(
    ground: Ground, approvers: list[Approver], failures_url: str
) -> None:
    approver = approvers[1]
    secret = names.token_secret(approver.project.id)
    secrets = ground.world.administrator.client("secretsmanager")
    secrets.put_secret_value(SecretId=secret, SecretString="ghp_revoked")
    arn = approver.register()
    approver.decide(arn)
    envelope = _message(ground, failures_url)
    assert envelope["requestContext"]["condition"] == "RetriesExhausted"
    assert envelope["requestPayload"]["detail"]["ModelPackageArn"] == arn
    assert "ghp_revoked" not in json.dumps(envelope)
    assert approver.runs()[arn] == 0
    assert _alarm(ground, failures_url) == "ALARM"
    secrets.put_secret_value(SecretId=secret, SecretString=approver.lane.token)
    _redrive(ground)
    approver.wait_until_started(arn)
    assert approver.runs()[arn] == 1
    assert _depth(ground, failures_url) == 0


def _message(ground: Ground, url: str) -> dict[str, Any]:
    """Look at the next message without taking it."""
    sqs = ground.world.administrator.client("sqs")
    messages = wait_for(
        lambda: sqs.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages"),
        seconds=120,
        what="the event in the queue",
    )
    return dict(json.loads(messages[0]["Body"]))


def _depth(ground: Ground, url: str) -> int:
    answer = ground.world.administrator.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["All"]
    )["Attributes"]
    return int(answer["ApproximateNumberOfMessages"]) + int(
        answer["ApproximateNumberOfMessagesNotVisible"]
    )


def _alarm(ground: Ground, url: str) -> str:
    """State of the alarm that watches a queue."""
    watched = [{"Name": "QueueName", "Value": url.rpartition("/")[2]}]
    alarms = ground.world.administrator.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (alarm,) = (alarm for alarm in alarms if alarm["Dimensions"] == watched)
    return str(alarm["StateValue"])


def _redrive(ground: Ground) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "operations", "redrive"],
        cwd=ground.world.root,
        env=ground.world.person_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
