"""What surrounds a function in a test: time, Lambda's context, CloudFormation's ear, AWS."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import urllib3
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from invocation.toolbox import Toolbox

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mlops-sm-project/x"
STACK_ID = "arn:aws:cloudformation:eu-west-1:111122223333:stack/SC-111122223333-pp-x/1"
RESPONSE_URL = "https://answers.example/stack?X-Amz-Signature=do-not-log-me"


def client_error(
    operation: str, code: str, message: str = "no", *, status: int = 400
) -> ClientError:
    """An error as botocore raises it."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        operation,
    )


class FakeTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        """Return seconds since the epoch."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.slept.append(seconds)
        self.now += seconds


class FakeContext:
    """Lambda's context with a fixed rest of time."""

    aws_request_id = "request-1"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:any"
    log_group_name = "/aws/lambda/function"

    def __init__(self, left_seconds: float = 300) -> None:
        self._left_seconds = left_seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the rest of the function's time."""
        return int(self._left_seconds * 1000)


@dataclass
class World:
    """A world for a function that does not ask GitHub; also the HTTP pool."""

    time: FakeTime
    answers: list[dict[str, Any]] = field(default_factory=list)
    put_statuses: list[int] = field(default_factory=list)
    stubs: dict[str, Stubber] = field(default_factory=dict)

    def request(self, method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        """Send to CloudFormation's response address."""
        assert (method, url) == ("PUT", RESPONSE_URL)
        assert options["headers"] == {"Content-Type": ""}
        assert len(options["body"]) <= 4096
        status = self.put_statuses.pop(0) if self.put_statuses else 200
        if status == 200:
            self.answers.append(json.loads(options["body"]))
        return urllib3.HTTPResponse(status=status)

    def tools(self) -> Toolbox:
        """Return the function's tools."""
        return Toolbox(
            environment={},
            http=self,
            aws=lambda service: self.stub(service).client,
            clock=self.time.clock,
            sleep=self.time.sleep,
            random=lambda: 0.5,
        )

    def stub(self, service: str) -> Stubber:
        """Return the stub of an AWS service."""
        if service not in self.stubs:
            client = boto3.client(
                service,
                region_name="eu-west-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            self.stubs[service] = Stubber(client)
            self.stubs[service].activate()
        return self.stubs[service]


def custom_resource_event(
    kind: str, resource_type: str, properties: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    """Return a custom-resource request as CloudFormation sends it."""
    return {
        "RequestType": kind,
        "ResponseURL": RESPONSE_URL,
        "StackId": STACK_ID,
        "RequestId": "6f3c",
        "LogicalResourceId": "Thing",
        "ResourceType": resource_type,
        "ResourceProperties": {"ServiceToken": "arn:x", **properties},
        **more,
    }
