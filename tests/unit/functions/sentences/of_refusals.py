"""What is said of whatever else is not as it has to be: answers, files, reports and properties."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody

from cloudformation_response.properties import PropertyError
from deploy_dispatch.dispatch_workflow import explain_refusal
from deploy_dispatch.failure_reason import failure_reason
from deploy_dispatch.project import ProjectParameterError, parse_project
from deploy_dispatch.project_stages import StagesError, parse_stages, read_stages
from deploy_dispatch.stage_report import ReportError, parse_report
from github_client.answers import Answer
from github_client.credentials import read_token
from github_client.errors import RefusedError, SettingError, TokenSecretError
from github_client.read_timeout import read_timeout_seconds
from product_versions.request import parse_product
from project_data.request import parse_data, parse_endpoints
from project_repository.request import parse_content, parse_repository
from project_repository.seed.bundle import SeedError, read_seed
from tests.unit.functions.invocation_fakes import client_error
from tests.unit.functions.sentences.project import PROJECT

_GROUP, _ID = "rings-p-abcdefghijkl", "p-abcdefghijkl"
_ARN = f"arn:aws:sagemaker:eu-west-1:1:model-package/{_GROUP}/7"
_AWS = (
    client_error("Do", "ThrottlingException"),
    client_error("Do", "AccessDeniedException", "no right"),
    client_error("Do", "AccessDeniedException", "The ciphertext refers to a key"),
    client_error("Do", "ResourceNotFoundException"),
    client_error("Do", "InvalidRequestException", "it is scheduled for deletion"),
    client_error("Do", "InvalidRequestException", "it is in use"),
    client_error("Do", ""),
    ReadTimeoutError(endpoint_url="https://aws.test"),
)


@dataclass
class _GitHub:
    """Answers every request for the repository with this, and every other with that."""

    repository: Answer
    other: Answer = field(default_factory=lambda: Answer(404, {}, {}))

    def send(self, method: str, path: str, *, accept: Any = ()) -> Answer:
        assert (method, 404 in accept) == ("GET", True)
        assert path.startswith("/repos/acme/rings-deploy")
        return self.repository if path.count("/") == 3 else self.other


class _Aws:
    """Raises this at whatever is asked, or answers that."""

    def __init__(self, said: Any) -> None:
        self._said = said

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        def call(**_: Any) -> Any:
            if isinstance(self._said, Exception):
                raise self._said
            return self._said

        return call


def refusals() -> Iterator[tuple[str, str]]:
    """Who says it, and what."""
    yield from _of_dispatches()
    yield from _of_stages()
    yield from _of_reports()
    yield from _of_executions()
    yield from _of_secrets()
    yield from _of_bundles()
    yield from _of_properties()


def _said(error: type[Exception], call: Callable[[], object]) -> str:
    try:
        call()
    except error as refusal:
        return str(refusal)
    raise AssertionError("nothing was refused")


def _of_dispatches() -> Iterator[tuple[str, str]]:
    there = Answer(200, {}, {"full_name": PROJECT.deploy_full_name.upper()})
    renamed = Answer(200, {}, {"full_name": "acme/other"})
    for repository in (there, renamed, Answer(404, {}, {})):
        for status in (404, 301):
            yield _dispatch(_GitHub(repository), status, "Not Found")
    for status, said in (
        (403, "Repository was Archived so is read-only."),
        (403, "Resource not accessible by personal access token"),
        (422, "Cannot trigger a Disabled workflow"),
        (422, "Workflow does not exist on main"),
        (422, "No ref found for: main"),
        (422, "Unexpected Inputs provided"),
        (422, "Workflow does not have 'workflow_dispatch' trigger"),
        (409, "Something else"),
    ):
        yield _dispatch(_GitHub(there), status, said)


def _dispatch(api: Any, status: int, said: str) -> tuple[str, str]:
    error = RefusedError("POST", "/dispatches", status, said)
    return "refused dispatches", str(explain_refusal(api, PROJECT, "deploy.yml", error))


def _of_stages() -> Iterator[tuple[str, str]]:
    for content in (
        b"",
        b"stages: []",
        b"stages: [",
        b"a" * 200_000,
        b"stages: [{name: Dev, approval: automatic}]",
        b"stages: [{name: dev, approval: maybe}]",
    ):
        yield "stages.yml", _said(ValueError, lambda content=content: parse_stages(content))
    there = Answer(200, {}, {"full_name": PROJECT.deploy_full_name})
    for repository, file in (
        (there, Answer(200, {}, {"content": "bGlzdGVk"})),
        (there, Answer(200, {}, {"content": "!"})),
        (there, Answer(200, {}, [])),
        (there, Answer(404, {}, {"message": "Not Found"})),
        (there, Answer(404, {}, {"message": "No commit found for the ref main"})),
        (Answer(404, {}, {}), Answer(404, {}, {"message": "Not Found"})),
    ):
        api: Any = _GitHub(repository, file)
        yield "stages.yml", _said(StagesError, lambda api=api: read_stages(api, PROJECT))
    for value in ("{", "[]", '{"owner": "acme"}'):
        yield (
            "project parameter",
            _said(ProjectParameterError, lambda value=value: parse_project("/projects/x", value)),
        )


def _of_reports() -> Iterator[tuple[str, str]]:
    detail = {
        "modelPackageGroupName": _GROUP,
        "modelPackageArn": _ARN,
        "stage": "dev",
        "outcome": "deployed",
        "at": "2026-11-01T12:00:00.000Z",
        "runUrl": "https://github.com/acme/rings-deploy/actions/runs/1",
    }
    for changed in (
        {"stage": "prod"},
        {"modelPackageGroupName": "other-p-000000000000"},
        {"modelPackageArn": "arn:other/1"},
        {"serves": "arn:other/1"},
        {"outcome": "done"},
        {"at": "today"},
        {"runUrl": "https://github.com"},
        {"runAttempt": 0},
        {"runAttempt": 10_001},
        {"configuration": "main"},
        {"modelSha256": "0"},
    ):
        event = {"source": f"mlops-sm-project.{_ID}.dev", "detail": detail | changed}
        yield "refused reports", _said(ReportError, lambda event=event: parse_report(event))


def _of_executions() -> Iterator[tuple[str, str]]:
    for step, reason in (
        ("Train", "The role is not authorized to perform: ecr:BatchGetImage on x"),
        ("Train", "The role is not authorized to perform: ec2:CreateNetworkInterface on x"),
        ("PreprocessData", "Access Denied"),
        ("PreprocessData", "AccessDenied: no"),
        ("PreprocessData", "It is not authorized to perform: s3:GetObject on x"),
        ("Train", "Access Denied"),
        ("Train", "it ran out\n of memory"),
    ):
        steps = [
            {"StepName": "First", "StepStatus": "Succeeded", "FailureReason": "none"},
            {"StepName": "Second", "StepStatus": "Failed", "FailureReason": ""},
            {"StepName": step, "StepStatus": "Failed", "FailureReason": reason},
        ]
        yield "failed executions", failure_reason(_Aws({"PipelineExecutionSteps": steps}), "arn")


def _of_secrets() -> Iterator[tuple[str, str]]:
    for said in (*_AWS, {}, {"SecretString": " "}, {"SecretString": "two words"}):
        yield "secrets", _said(TokenSecretError, lambda said=said: read_token(_Aws(said), "arn:s"))
    for seconds in ("soon", "0.9", "60.1"):
        environment = {"GITHUB_READ_TIMEOUT_SECONDS": seconds}
        yield (
            "settings",
            _said(SettingError, lambda environment=environment: read_timeout_seconds(environment)),
        )


def _of_bundles() -> Iterator[tuple[str, str]]:
    names = [f"f{n}" for n in range(2001)]
    for said in (
        *_AWS,
        _stored(b"no zip"),
        _stored(b"0" * (16 * 1024 * 1024 + 1)),
        _stored(_zip()),
        _stored(_zip("../x")),
        _stored(_zip("a\\b")),
        _stored(_zip(".git/config")),
        _stored(_zip(*names)),
    ):
        yield "seed bundles", _said(SeedError, lambda said=said: read_seed(_Aws(said), "b", "k"))


def _zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"x")
    return packed.getvalue()


def _stored(content: bytes) -> dict[str, Any]:
    return {"Body": StreamingBody(io.BytesIO(content), len(content))}


_PRODUCT = {
    "Distributor": "template/Thing",
    "Name": "A thing",
    "Owner": "us",
    "Description": "It does things",
    "Tags": {},
    "Release": "1.0",
    "TemplateUrl": f"https://s3.test/uploads/{'0' * 64}.json",
    "Files": [{"Bucket": "uploads", "Key": f"{'0' * 64}.zip"}],
    "Bucket": "kept",
}
_REPOSITORY = {
    "Owner": "acme",
    "Name": "rings-deploy",
    "Description": "Deploys rings",
    "TokenSecretArn": "arn:secret",
    "ProjectId": _ID,
    "OnDelete": "archive",
    "Environments": ["dev"],
}
_CONTENT = {
    "FullName": "acme/rings-deploy",
    "RepositoryId": "1",
    "TokenSecretArn": "arn:secret",
    "SeedBucket": "seeds",
    "SeedKey": "a.zip",
    "Configuration": {"A": "b"},
    "Notes": {"README.md": {"mark": "words"}},
}
_DATA = {
    "BucketName": "mlops-x",
    "KeyId": "key",
    "ModelPackageGroupName": _GROUP,
    "PipelineName": _GROUP,
    "OnDelete": "keep",
}
_ENDPOINTS = {"ProjectId": _ID, "StackNames": [f"mlops-{_ID}-dev"]}
# Beside each being missing.
_BAD: Mapping[str, tuple[dict[str, Any], ...]] = {
    "parse_product": (
        {"Release": "a b"},
        {"Release": 1},
        {"TemplateUrl": "https://s3.test/uploads/latest.json"},
        {"Files": "none"},
        {"Files": [{"Bucket": "uploads", "Key": "../x"}]},
        {"Files": ["x"]},
        {"Files": [{"Key": "x"}]},
        {"Tags": "none"},
    ),
    "parse_repository": (
        {"Owner": "-"},
        {"Name": ".."},
        {"ProjectId": "x"},
        {"OnDelete": "burn"},
        {"Environments": "dev"},
        {"Environments": ["a/b"]},
        {"ReviewedEnvironments": "prod"},
        {"ReviewedEnvironments": ["prod"]},
    ),
    "parse_content": (
        {"FullName": "acme"},
        {"RepositoryId": "0"},
        {"Configuration": "a"},
        {"Configuration": {"a": "b"}},
        {"Configuration": {"A": "b\nC=d"}},
        {"Notes": "a"},
        {"Notes": {"README.md": "a"}},
        {"Notes": {"README.md": {"A mark": "words"}}},
        {"Notes": {"README.md": {"mark": ""}}},
        {"Notes": {"README.md": {"mark": "two\nlines"}}},
        {"Notes": {"README.md": {"mark": 1}}},
    ),
    "parse_data": ({"OnDelete": "burn"},),
    "parse_endpoints": ({"StackNames": []}, {"StackNames": ["other"]}, {"StackNames": "x"}),
}


def _of_properties() -> Iterator[tuple[str, str]]:
    parsers: dict[Callable[[Any], object], dict[str, Any]] = {
        parse_product: _PRODUCT,
        parse_repository: _REPOSITORY,
        parse_content: _CONTENT,
        parse_data: _DATA,
        parse_endpoints: _ENDPOINTS,
    }
    for parse, good in parsers.items():
        parse(good)
        missing = [{name: value for name, value in good.items() if name != left} for left in good]
        bad = [good | changed for changed in _BAD[parse.__name__]]
        for properties in (*missing, *bad):
            said = _refused(parse, properties)
            changed = {k: v for k, v in properties.items() if good.get(k) != v}
            name = json.dumps(changed) if changed else f"without {sorted(good.keys() - properties)}"
            yield f"properties, {parse.__name__}", f"{name}: {said}"


def _refused(parse: Callable[[Any], object], properties: Mapping[str, Any]) -> str:
    try:
        parse(properties)
    except PropertyError as error:
        return str(error)
    return "taken"
