"""The AWS services behind the dispatch function, in memory, with a plan of faults.

Requests are checked against botocore's models; DynamoDB knows exactly the conditions in use.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ReadTimeoutError
from botocore.validate import validate_parameters

from tests.killed_function import FunctionKilled
from tests.unit.functions.invocation_fakes import client_error

FUNCTION = "arn:aws:sts::111122223333:assumed-role/any/mlops-sm-project-dispatch"
ABSENT = "attribute_not_exists(ClaimId)"
REVISION = "Revision = :revision"
_TOKENS = ("NextToken", "PaginationToken")
OLDER = f"{ABSENT} OR Revision < :revision"


@dataclass
class AwsFault:
    """Hits the `nth` call of an operation, and `times` from there on (0: all).

    Kinds: `throttled` and `failing` (not done), `lost` (done, no answer), `kill`, `kill-after`.
    """

    operation: str
    kind: str
    nth: int = 1
    times: int = 1
    seen: int = 0
    hits: int = 0

    def strikes(self, operation: str) -> bool:
        """Count a call, and tell whether it is hit."""
        if operation != self.operation:
            return False
        self.seen += 1
        hit = self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)
        self.hits += hit
        return hit


@dataclass
class FakeAws:
    """Parameters, secrets, model versions, what is written about them, and the table.

    `before_call` is told each operation before it happens; requests are checked if it `is_strict`.
    """

    before_call: Callable[[str], None] = lambda operation: None
    is_strict: bool = True
    parameters: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)
    annotations: dict[str, dict[str, Any]] = field(default_factory=dict)
    creators: dict[str, str] = field(default_factory=dict)
    editors: dict[str, str] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    pipelines: dict[str, str] = field(default_factory=dict)
    steps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    metrics: list[dict[str, Any]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    invocations: list[dict[str, Any]] = field(default_factory=list)
    faults: list[AwsFault] = field(default_factory=list)

    def under_way(self, group: str) -> dict[str, dict[str, Any]]:
        """What is under way in the stages of a project, by stage, as the ledger has it."""
        records = TypeDeserializer().deserialize({"M": self.items.get(f"stages {group}", {})})
        found = records.get("Records", {})
        return {name: one["under_way"] for name, one in found.items() if one["under_way"]}

    def client(self, service: str) -> "FakeClient":
        """Return the client of a service."""
        return FakeClient(self, service)

    def call(self, service: str, operation: str, request: dict[str, Any]) -> Any:
        """Do one call, or what a fault does instead."""
        if self.is_strict:
            shape = _model(service).operation_model(operation).input_shape
            validate_parameters(request, shape)
        self.before_call(operation)
        fault = next((fault for fault in self.faults if fault.strikes(operation)), None)
        kind = fault.kind if fault else ""
        if kind == "kill":
            raise FunctionKilled(operation)
        if kind == "throttled":
            raise client_error(operation, "ThrottlingException")
        if kind == "failing":
            raise client_error(operation, "InternalServerError", status=500)
        answer = getattr(self, f"_{operation}")(**request)
        if kind == "kill-after":
            raise FunctionKilled(operation)
        if kind == "lost":
            raise ReadTimeoutError(endpoint_url=f"https://{service}.test")
        return answer

    def _GetParameter(self, Name: str) -> Any:  # noqa: N802, N803 - AWS's names
        if Name not in self.parameters:
            raise client_error("GetParameter", "ParameterNotFound")
        return {"Parameter": {"Name": Name, "Value": self.parameters[Name]}}

    def _GetParametersByPath(self, Path: str, **_: Any) -> Any:  # noqa: N802, N803
        found = [
            {"Name": name, "Value": value}
            for name, value in sorted(self.parameters.items())
            if name.startswith(Path)
        ]
        start = int(_.get("NextToken", 0))
        more = {"NextToken": str(start + 10)} if len(found) > start + 10 else {}
        return {"Parameters": found[start : start + 10], **more}

    def _GetSecretValue(self, SecretId: str) -> Any:  # noqa: N802, N803
        if SecretId not in self.secrets:
            raise client_error("GetSecretValue", "ResourceNotFoundException")
        return {"SecretString": self.secrets[SecretId]}

    def _DescribeModelPackage(self, ModelPackageName: str) -> Any:  # noqa: N802, N803
        if ModelPackageName not in self.versions:
            said = f"ModelPackage {ModelPackageName} does not exist."
            raise client_error("DescribeModelPackage", "ValidationException", said)
        approval, status = self.versions[ModelPackageName]
        contexts = (("CreatedBy", self.creators), ("LastModifiedBy", self.editors))
        people = {
            member: {"IamIdentity": {"Arn": known[ModelPackageName]}}
            for member, known in contexts
            if ModelPackageName in known
        }
        return {
            "ModelApprovalStatus": approval,
            "ModelPackageStatus": status,
            **people,
            **self.annotations.get(ModelPackageName, {}),
        }

    def _ListModelPackages(self, ModelPackageGroupName: str, **_: Any) -> Any:  # noqa: N802, N803
        found = [
            {"ModelPackageArn": arn, "ModelPackageStatus": status}
            for arn, (approval, status) in self.versions.items()
            if f"/{ModelPackageGroupName}/" in arn
            and _.get("ModelApprovalStatus") in (None, approval)
        ]
        return {"ModelPackageSummaryList": found[::-1]}

    def _UpdateModelPackage(self, ModelPackageArn: str, **changed: Any) -> Any:  # noqa: N802, N803
        assert "ModelApprovalStatus" not in changed
        kept = self.annotations.setdefault(ModelPackageArn, {})
        metadata = {**kept.get("CustomerMetadataProperties", {})}
        metadata |= changed.get("CustomerMetadataProperties", {})
        for key in changed.get("CustomerMetadataPropertiesToRemove", []):
            metadata.pop(key, None)
        kept["CustomerMetadataProperties"] = metadata
        if "ModelLifeCycle" in changed:
            kept["ModelLifeCycle"] = changed["ModelLifeCycle"]
        self.editors[ModelPackageArn] = FUNCTION
        return {"ModelPackageArn": ModelPackageArn}

    def _DescribePipeline(self, PipelineName: str) -> Any:  # noqa: N802, N803
        if PipelineName not in self.pipelines:
            raise client_error("DescribePipeline", "ResourceNotFound")
        return {"PipelineName": self.pipelines[PipelineName]}

    def _ListPipelineExecutionSteps(  # noqa: N802
        self,
        PipelineExecutionArn: str,  # noqa: N803
        **_: Any,
    ) -> Any:
        if PipelineExecutionArn not in self.steps:
            raise client_error("ListPipelineExecutionSteps", "ResourceNotFound")
        return {"PipelineExecutionSteps": self.steps[PipelineExecutionArn]}

    def _GetItem(self, TableName: str, Key: Any, ConsistentRead: bool) -> Any:  # noqa: N802, N803
        assert ConsistentRead
        item = self.items.get(Key["ClaimId"]["S"])
        return {"Item": dict(item)} if item else {}

    def _PutItem(self, Item: Any, **request: Any) -> Any:  # noqa: N802, N803
        self._require(Item["ClaimId"]["S"], request)
        self.items[Item["ClaimId"]["S"]] = Item
        return {}

    def _UpdateItem(  # noqa: N802
        self,
        Key: Any,  # noqa: N803
        UpdateExpression: str,  # noqa: N803
        ExpressionAttributeNames: Any,  # noqa: N803
        ExpressionAttributeValues: Any,  # noqa: N803
        **_: Any,
    ) -> Any:
        assert ExpressionAttributeNames == {"#Groups": "Groups"}
        key, named = Key["ClaimId"]["S"], set(ExpressionAttributeValues[":group"]["SS"])
        known = set(self.items.get(key, {}).get("Groups", {}).get("SS", ()))
        kept = {"ADD #Groups :group": known | named, "DELETE #Groups :group": known - named}
        groups = sorted(kept[UpdateExpression])
        self.items[key] = {**Key, **({"Groups": {"SS": groups}} if groups else {})}
        return {}

    def _Publish(self, Message: str, **_: Any) -> Any:  # noqa: N802, N803
        self.notices.append(Message)
        return {"MessageId": str(len(self.notices))}

    def _Invoke(self, InvocationType: str, Payload: bytes, **_: Any) -> Any:  # noqa: N802, N803
        assert InvocationType == "Event"
        self.invocations.append(json.loads(Payload))
        return {"StatusCode": 202}

    def _PutMetricData(self, **request: Any) -> Any:  # noqa: N802
        self.metrics.append(request)
        return {}

    def _require(self, key: str, request: dict[str, Any]) -> None:
        item = self.items.get(key)
        condition = request["ConditionExpression"]
        if condition == ABSENT:
            holds = item is None
        elif condition == REVISION:
            revision = request["ExpressionAttributeValues"][":revision"]
            holds = item is not None and item["Revision"] == revision
        else:
            assert condition == OLDER
            revision = request["ExpressionAttributeValues"][":revision"]
            holds = item is None or int(item["Revision"]["N"]) < int(revision["N"])
        if not holds:
            raise client_error("PutItem", "ConditionalCheckFailedException")


class FakeClient:
    """A client as boto3 makes it: methods named after operations."""

    def __init__(self, aws: FakeAws, service: str) -> None:
        self._aws, self._service = aws, service

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = "".join(part.capitalize() for part in method.split("_"))
        return lambda **request: self._aws.call(self._service, operation, request)

    def get_paginator(self, method: str) -> "FakePaginator":
        """Return a paginator."""
        return FakePaginator(getattr(self, method))


class FakePaginator:
    """Asks until there is no next token."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def paginate(self, PaginationConfig: Any = None, **request: Any) -> Any:  # noqa: N803
        """Yield each page."""
        page = self._ask(**request)
        yield page
        while more := {name: page[name] for name in _TOKENS if page.get(name)}:
            page = self._ask(**request, **more)
            yield page


@functools.cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)
