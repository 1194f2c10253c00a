"""Each entry of Lambda works with the tools of its process, against servers on this machine."""

import http.server
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import daily_look.handler
import deploy_dispatch.handler
import product_versions.handler
import project_data.handler
import project_repository.handler
from github_client.errors import TokenSecretGoneError
from invocation.toolbox import process_toolbox
from tests.unit.functions.invocation_fakes import FakeContext

GROUP = "Rings-p-abcdefghijkl"
ARN = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{GROUP}/1"
PARAMETER = json.dumps(
    {
        "owner": "octo",
        "build_repository": "rings-build",
        "deploy_repository": "rings-deploy",
        "deploy_workflow": "deploy.yml",
        "default_branch": "main",
        "token_secret_arn": "arn:secret",
    }
)


class _Server(http.server.ThreadingHTTPServer):
    """AWS, and CloudFormation's ear; what it was asked is `seen`, by the operation or the verb."""

    answers: dict[str, tuple[int, Any]]
    seen: list[tuple[str, Any]]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = (self.headers.get("X-Amz-Target") or self.command).rpartition(".")[2]
        self.server.seen.append((asked, json.loads(body)))
        status, told = self.server.answers.get(asked, (200, {}))
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PUT = _answer  # noqa: N815 - the base class's names

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    """A server on this machine that the process takes for AWS."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.answers, server.seen = {}, []
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_NAME": "dispatch",
        "PROJECT_PARAMETER_PREFIX": "/mlops-sm-project/",
        "APPROVAL_TABLE": "approvals",
        "METRIC_NAMESPACE": "Ours",
        "GITHUB_API_URL": "https://github.test/api/v3",
    }.items():
        monkeypatch.setenv(name, value)
    levels = {name: logging.getLogger(name).level for name in ("", "urllib3")}
    process_toolbox.cache_clear()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    process_toolbox.cache_clear()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


ENTRIES = [
    (product_versions.handler.handle, "Custom::CatalogProduct"),
    (project_data.handler.handle, "Custom::ProjectData"),
    (project_repository.handler.handle, "Custom::GitHubRepository"),
]


def _request(server: _Server, kind: str, **more: Any) -> dict[str, Any]:
    """A request of CloudFormation."""
    return {
        "ResponseURL": f"http://127.0.0.1:{server.server_port}/answer",
        "StackId": "arn:stack",
        "RequestId": "6f3c",
        "LogicalResourceId": "Thing",
        "ResourceType": kind,
        "ResourceProperties": {},
        **more,
    }


@pytest.mark.parametrize(("entry", "kind"), ENTRIES)
def test_what_nobody_expected_is_answered_with_where_to_read_on(
    server: _Server, entry: Any, kind: str
) -> None:
    entry(_request(server, kind, ResourceProperties={"Bucket": "b"}), FakeContext())
    ((_, told),) = server.seen
    assert told["Reason"] == (
        "The function failed unexpectedly with KeyError; read the log group "
        "/aws/lambda/function at request request-1 and try again."
    )


@pytest.mark.parametrize(("entry", "kind"), ENTRIES)
def test_a_request_of_cloudformation_is_answered_at_its_address(
    server: _Server, entry: Any, kind: str
) -> None:
    entry(_request(server, kind, RequestType="Create"), FakeContext())
    ((verb, told),) = server.seen
    assert (verb, told["Status"], told["RequestId"]) == ("PUT", "FAILED", "6f3c")
    assert told["Reason"].startswith("The property ")


def test_an_event_about_a_version_is_acted_on_with_what_aws_says(server: _Server) -> None:
    """Up to the token, which is deleted here."""
    gone = {"__type": "ValidationException", "message": f"ModelPackage {ARN} does not exist."}
    server.answers = {
        "GetParameter": (200, {"Parameter": {"Value": PARAMETER}}),
        "DescribeModelPackage": (400, gone),
        "ListModelPackages": (200, {"ModelPackageSummaryList": []}),
        "GetSecretValue": (400, {"__type": "ResourceNotFoundException", "message": "gone"}),
    }
    detail = {
        "ModelPackageGroupName": GROUP,
        "ModelPackageArn": ARN,
        "ModelApprovalStatus": "Rejected",
    }
    event = {
        "id": "event-1",
        "detail-type": "SageMaker Model Package State Change",
        "detail": detail,
    }
    with pytest.raises(TokenSecretGoneError):
        deploy_dispatch.handler.handle(event, FakeContext())
    asked = dict(server.seen)
    assert asked["GetParameter"]["Name"] == f"/mlops-sm-project/{GROUP}"
    assert asked["GetItem"]["TableName"] == "approvals"
    assert asked["GetSecretValue"] == {"SecretId": "arn:secret"}


def test_the_daily_check_asks_for_all_projects(server: _Server) -> None:
    server.answers = {"GetParametersByPath": (200, {"Parameters": []})}
    said = daily_look.handler.handle({"detail-type": "Scheduled Event"}, FakeContext())
    assert said == "checked 0 tokens of 0 projects"
    ((asked, request),) = server.seen
    assert (asked, request["Path"], request["Recursive"]) == (
        "GetParametersByPath",
        "/mlops-sm-project",
        True,
    )


def test_the_daily_look_at_endpoints_asks_for_those_of_projects(server: _Server) -> None:
    server.answers = {
        "GetResources": (200, {"ResourceTagMappingList": [], "PaginationToken": ""}),
        "PutMetricData": (200, {}),
    }
    said = daily_look.handler.handle({"Look": "endpoints"}, FakeContext())
    assert said == "nobody asked 0 of 0 endpoints in 14 days"
    asked, request = server.seen[0]
    assert (asked, request["ResourceTypeFilters"]) == ("GetResources", ["sagemaker:endpoint"])


def test_the_tools_of_a_process_are_made_once_and_log_no_address(server: _Server) -> None:
    tools = process_toolbox()
    assert process_toolbox() is tools
    assert tools.aws("s3") is tools.aws("s3")
    assert not logging.getLogger("urllib3").isEnabledFor(logging.WARNING)
    assert logging.getLogger().level == logging.INFO
    assert 0.0 <= tools.random() < 1.0
    assert tools.clock() > 1_700_000_000
    config = tools.aws("s3").meta.config
    tries = config.retries["total_max_attempts"]
    assert tries * (config.connect_timeout + config.read_timeout) <= 75
    assert (config.retries["mode"], tries) == ("standard", 5)


def test_a_resource_of_another_type_is_refused_with_those_that_are_known(server: _Server) -> None:
    event = _request(server, "Custom::Other", RequestType="Create")
    project_repository.handler.handle(event, FakeContext())
    ((_, told),) = server.seen
    assert (told["Reason"], told["PhysicalResourceId"]) == (
        "The property ResourceType must be Custom::GitHubRepository or "
        "Custom::GitHubRepositoryContent; correct it in the template or its parameter.",
        "unknown",
    )


@pytest.mark.parametrize(
    ("kind", "properties", "physical_id"),
    [
        ("Custom::GitHubRepository", {"Owner": "octo", "Name": "rings"}, "github:octo/rings:none"),
        ("Custom::GitHubRepositoryContent", {"RepositoryId": "7"}, "github-content:7"),
    ],
)
def test_what_is_not_made_yet_has_an_id_that_leads_to_nothing(
    server: _Server, kind: str, properties: dict[str, str], physical_id: str
) -> None:
    event = _request(server, kind, RequestType="Create", ResourceProperties=properties)
    project_repository.handler.handle(event, FakeContext())
    ((_, told),) = server.seen
    assert told["PhysicalResourceId"] == physical_id
