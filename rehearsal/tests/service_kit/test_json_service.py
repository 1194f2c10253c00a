"""What every service of ours does with a request before and after its operation."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.aws.catalog.service import CatalogService
from rehearsal.aws.projects.projects import Projects
from rehearsal.aws.sagemaker.accounts import Accounts
from rehearsal.aws.sagemaker.errors import RequestRefusedError, ResourceNotFoundError
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.scaling.policies import ScalingOperations
from rehearsal.aws.service_kit.errors import ServiceError
from rehearsal.aws.service_kit.json_service import Api, JsonService
from rehearsal.aws.service_kit.model_validation import is_operation
from rehearsal.aws.service_kit.operations import (
    Operation,
    Record,
    RequestContext,
    answers,
    operations_of,
)

_API = Api("sagemaker", "SageMaker.", "sagemaker", RequestRefusedError)


class _Models:
    @answers("DescribeModel")
    def describe(self, request: Record, _caller: RequestContext) -> Record:
        if request["ModelName"] == "absent":
            raise ResourceNotFoundError("no such model", {"Hint": "grün"})
        return {"ModelName": request["ModelName"], "CreationTime": 1.0, "_own": 1, "ModelArn": "a"}

    def list_models(self, _request: Record, _caller: RequestContext) -> Record:
        raise AssertionError("it is not marked")


class _Service(JsonService):
    refused: ServiceError | None = None

    def operation(self, name: str, _request: Record) -> Operation | None:
        return operations_of(_Models()).get(name)

    def authorize(self, _name: str, _request: Record, _caller: RequestContext) -> None:
        if self.refused:
            raise self.refused


def call(name: str, body: bytes, service: JsonService | None = None) -> tuple[int, str, Any]:
    service = service or _Service(_API, lambda *_: "*")
    headers = {"x-amz-target": f"SageMaker.{name}"}
    status, answered, text = asyncio.run(service.handle_request("POST", "/", headers, body, {}))
    assert answered["Content-Type"] == "application/x-amz-json-1.1"
    return status, answered.get("x-amzn-errortype", ""), json.loads(text)


def test_the_answer_has_the_members_of_the_model() -> None:
    status, code, answer = call("DescribeModel", b'{"ModelName": "m"}')
    assert (status, code) == (200, "")
    assert answer == {"ModelName": "m", "CreationTime": 1.0, "ModelArn": "a"}


@pytest.mark.parametrize(
    ("name", "body", "code", "text"),
    [
        ("DescribeModel", b"{", "ValidationException", "The request is not JSON"),
        ("DescribeModel", b"[]", "ValidationException", "must be an object"),
        ("DescribeModel", b"", "ValidationException", "'modelName' failed to satisfy"),
        ("DescribeModel", b'{"ModelName": "\\ud800"}', "ValidationException", "Value '?' at"),
        ("DescribeModel", b'{"ModelName": "absent"}', "ResourceNotFound", "no such model"),
        ("ListModels", b"{}", "UnknownOperationException", "not model sagemaker:ListModels"),
        ("Nonsense", b"{}", "UnknownOperationException", "has no operation Nonsense"),
    ],
)
def test_a_refusal_has_its_code_and_says_why(name: str, body: bytes, code: str, text: str) -> None:
    status, answered, error = call(name, body)
    assert (status, answered, error["__type"]) == (400, code, code)
    assert text in error["message"]
    assert error.get("Hint") == ("grün" if code == "ResourceNotFound" else None)


def test_what_iam_refuses_is_not_done() -> None:
    service = _Service(_API, lambda *_: "*")
    service.refused = RequestRefusedError("you may not")
    assert call("DescribeModel", b'{"ModelName": "m"}', service)[2]["message"] == "you may not"


def test_each_mark_names_an_operation_of_its_api(tmp_path: Path) -> None:
    settings = SageMakerSettings(tmp_path, tmp_path, "http://127.0.0.1:1", "1", "eu-west-1", "s")
    (parts,) = Accounts(settings, {}).all()
    catalog = CatalogService("1")
    projects = Projects(catalog.store, catalog.selection, catalog.provisioning)
    scaling = ScalingOperations(parts.context, parts.endpoints, parts.targets)
    marked = {
        "sagemaker": parts.operations() | operations_of(projects),
        "application-autoscaling": operations_of(scaling),
        "servicecatalog": catalog.operations,
    }
    wrong = [name for api, found in marked.items() for name in found if not is_operation(api, name)]
    assert wrong == []
    assert all(marked.values())
