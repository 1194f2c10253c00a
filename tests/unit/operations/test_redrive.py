"""Behaviour of sending events again, on clients that botocore checks."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from mlops_sm_project_template.config import names
from operations.cli import main
from operations.installation import DISPATCH_FUNCTION, QUEUES, STACK

FAILURES = "https://sqs.eu-west-1.amazonaws.com/111122223333/failures"
UNDELIVERED = "https://sqs.eu-west-1.amazonaws.com/111122223333/undelivered"
VERSION = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/rings/3"
EVENT = {
    "id": "e-1",
    "detail-type": "SageMaker Model Package State Change",
    "detail": {"ModelPackageArn": VERSION},
}
ENVELOPE = {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": EVENT}


Run = Callable[..., tuple[int, str, str]]


class Account:
    """The clients of an account whose answers a test gives in advance."""

    def __init__(self) -> None:
        self.region_name: str | None = None
        self.stubs = {
            service: Stubber(
                boto3.client(
                    service,
                    region_name="eu-west-1",
                    aws_access_key_id="test",
                    aws_secret_access_key="test",
                )
            )
            for service in ("cloudformation", "sqs", "lambda")
        }
        for stub in self.stubs.values():
            stub.activate()

    def client(self, service: str, **_: Any) -> Any:
        """Be `boto3.Session`."""
        return self.stubs[service].client

    def has_outputs(self, outputs: dict[str, str]) -> None:
        """Let the stack be found."""
        listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        stack = {"StackName": STACK, "CreationTime": 0, "StackStatus": "CREATE_COMPLETE"}
        self.stubs["cloudformation"].add_response(
            "describe_stacks", {"Stacks": [{**stack, "Outputs": listed}]}, {"StackName": STACK}
        )

    def has_messages(
        self, url: str, *bodies: Any, sent_at: float = 0, deleted: bool = False
    ) -> None:
        """Let a queue show messages once, lose them if so, and then show none."""
        messages = [
            {
                "MessageId": f"m-{number}",
                "ReceiptHandle": f"r-{number}",
                "Body": body if isinstance(body, str) else json.dumps(body),
                "Attributes": {"SentTimestamp": str(int(sent_at * 1000))},
            }
            for number, body in enumerate(bodies)
        ]
        request = {
            "QueueUrl": url,
            "MaxNumberOfMessages": 10,
            "VisibilityTimeout": 120,
            "WaitTimeSeconds": 1,
            "MessageSystemAttributeNames": ["SentTimestamp"],
        }
        for batch in [messages, []] if messages else [[]]:
            answer = {"Messages": batch} if batch else {}
            self.stubs["sqs"].add_response("receive_message", answer, request)
            for message in batch if deleted else []:
                gone = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}
                self.stubs["sqs"].add_response("delete_message", {}, gone)

    def takes(self, event: Any) -> None:
        """Let Lambda accept an event."""
        request = {
            "FunctionName": DISPATCH_FUNCTION,
            "InvocationType": "Event",
            "Payload": json.dumps(event).encode(),
        }
        self.stubs["lambda"].add_response("invoke", {"StatusCode": 202}, request)

    def shows_again(self, url: str, handle: str) -> None:
        """Let a message be put back."""
        request = {"QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": 0}
        self.stubs["sqs"].add_response("change_message_visibility", {}, request)

    def assert_all_was_asked(self) -> None:
        """Every answer was used."""
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account with the template; its queues are described by each test."""
    account = Account()

    def session(*, region_name: str | None) -> Account:
        account.region_name = region_name
        return account

    monkeypatch.setattr("boto3.Session", session)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    return account


@pytest.fixture
def run(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run the command as `python -m operations redrive` does."""

    def command(*options: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["operations", "redrive", *options])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_the_names_are_those_of_the_template() -> None:
    assert (STACK, DISPATCH_FUNCTION) == (names.STACK, names.DISPATCH_FUNCTION)


def test_events_of_both_queues_are_sent_intact_and_then_deleted(account: Account, run: Run) -> None:
    account.has_outputs(dict(zip(QUEUES, (FAILURES, UNDELIVERED), strict=True)))
    account.has_messages(FAILURES, ENVELOPE, deleted=True)
    account.has_messages(UNDELIVERED, EVENT | {"id": "e-2"}, deleted=True)
    account.takes(EVENT)
    account.takes(EVENT | {"id": "e-2"})
    code, out, err = run()
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"sent: event e-1, {VERSION}",
        f"sent: event e-2, {VERSION}",
        "2 of 2 events sent to the dispatch function; its log tells the rest.",
    ]
    account.assert_all_was_asked()


def test_a_dry_run_sends_and_deletes_nothing(account: Account, run: Run) -> None:
    account.has_outputs(dict(zip(QUEUES, (FAILURES, UNDELIVERED), strict=True)))
    account.has_messages(FAILURES, ENVELOPE)
    account.shows_again(FAILURES, "r-0")
    account.has_messages(UNDELIVERED)
    code, out, _ = run("--dry-run", "--json")
    assert code == 0
    (found,) = json.loads(out)
    assert (found["event_id"], found["outcome"]) == ("e-1", "found")
    account.assert_all_was_asked()


def test_what_lambda_does_not_take_stays_in_its_queue(account: Account, run: Run) -> None:
    account.has_outputs(dict(zip(QUEUES, (FAILURES, UNDELIVERED), strict=True)))
    account.has_messages(FAILURES, ENVELOPE, "no JSON", {"no": "event"})
    account.stubs["lambda"].add_client_error("invoke", "TooManyRequestsException", "slow down")
    for handle in ("r-0", "r-1", "r-2"):
        account.shows_again(FAILURES, handle)
    account.has_messages(UNDELIVERED)
    code, out, err = run()
    assert code == 1
    assert "left: event m-1, unknown (it is not JSON)" in out
    assert "left: event m-2, unknown (it holds no event)" in out
    assert err.startswith("3 messages stay in the queue (first reason: TooManyRequestsException")
    account.assert_all_was_asked()


def test_what_failed_again_meanwhile_does_not_go_round(account: Account, run: Run) -> None:
    account.has_outputs(dict(zip(QUEUES, (FAILURES, UNDELIVERED), strict=True)))
    account.has_messages(FAILURES, ENVELOPE, sent_at=99_999_999_999)
    account.has_messages(UNDELIVERED)
    code, out, _ = run()
    assert (code, out) == (0, "No event waits.\n")


def test_a_missing_stack_is_one_sentence(account: Account, run: Run) -> None:
    account.stubs["cloudformation"].add_client_error("describe_stacks", "ValidationError")
    code, out, err = run()
    assert (code, out) == (1, "")
    assert err.startswith("There is no stack MLOpsServiceCatalog in eu-west-1; choose")


def test_an_earlier_version_of_the_stack_is_told(account: Account, run: Run) -> None:
    account.has_outputs({})
    assert "has no output DispatchFailuresQueueUrl; deploy" in run()[2]


def test_what_aws_refuses_is_one_sentence(account: Account, run: Run) -> None:
    account.stubs["cloudformation"].add_client_error("describe_stacks", "AccessDenied", "no")
    code, _, err = run()
    assert code == 1
    assert err.startswith("AWS did not do its part (AccessDenied: no); check")


def test_help_shows_examples(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "make redrive ARGS=--dry-run" in out


def test_the_region_is_that_of_the_aws_command_line(
    account: Account, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    account.has_outputs({})
    run()
    assert account.region_name == "eu-north-1"
