"""An account whose clients answer what a test says, and refuse all else."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from boto3 import Session
from boto3.dynamodb.types import TypeSerializer
from botocore.response import StreamingBody
from botocore.stub import Stubber

from console.asking.account import Account
from console.asking.invocation import ONCE
from console.asking.names import ProjectNames
from operations.aws_session import Identity
from operations.fleet.stages import TABLE

IDENTITY = Identity("111122223333", "aws", "eu-west-1", "arn:aws:iam::111122223333:user/a")
PROJECT = ProjectNames("rings", "p-0123456789ab")
NOW = datetime(2026, 11, 27, 13, 5, tzinfo=UTC)


@dataclass
class StubbedAccount:
    """The account, and its stubs by service."""

    account: Account
    stack: ExitStack
    stubs: dict[str, Stubber] = field(default_factory=dict)

    def stub(self, service: str) -> Stubber:
        """What answers for a service."""
        if service not in self.stubs:
            config = {"config": ONCE} if service == "sagemaker-runtime" else {}
            stub = Stubber(self.account.client(service, **config))
            self.stubs[service] = self.stack.enter_context(stub)
        return self.stubs[service]

    def has_ledger(self, stages: Mapping[str, int]) -> None:
        """Let the ledger say once which stages serve which versions."""
        versions = {
            name: {arn(number): {"healthy": "2026-11-27T13:05:18.423Z"}}
            for name, number in stages.items()
        }
        records = {name: {"serves": arn(number)} for name, number in stages.items()}
        item = {"ClaimId": f"stages {PROJECT.group}", "Stages": versions, "Records": records}
        written = {name: TypeSerializer().serialize(value) for name, value in item.items()}
        self.stub("dynamodb").add_response(
            "batch_get_item", {"Responses": {TABLE: [written]}, "UnprocessedKeys": {}}
        )

    def has_version(self, number: int, **more: Any) -> None:
        """Let the registry describe a version once."""
        told = {
            "ModelPackageName": PROJECT.group,
            "ModelPackageGroupName": PROJECT.group,
            "ModelPackageVersion": number,
            "ModelPackageArn": arn(number),
            "CreationTime": NOW,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "ModelApprovalStatus": "Approved",
            **more,
        }
        self.stub("sagemaker").add_response(
            "describe_model_package", told, {"ModelPackageName": arn(number)}
        )

    def has_object(self, content: Any, times: int) -> None:
        """Let S3 give an object out so often."""
        body = json.dumps(content).encode()
        for _ in range(times):
            answer = {"Body": StreamingBody(io.BytesIO(body), len(body))}
            self.stub("s3").add_response("get_object", answer)


@contextmanager
def stubbed_account() -> Iterator[StubbedAccount]:
    """Make one; at the end, all that was to be asked must have been."""
    session = Session("key", "secret", region_name="eu-west-1")
    with ExitStack() as stack:
        made = StubbedAccount(Account(IDENTITY, open_session=lambda: session), stack)
        yield made
        for stub in made.stubs.values():
            stub.assert_no_pending_responses()


def arn(number: int) -> str:
    """Of a version of the project."""
    return PROJECT.version_arn(number, IDENTITY)
