"""Behaviour of the daily look at the projects' tokens."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import urllib3

from invocation.toolbox import Toolbox
from tests.github_openapi import validate_exchange
from tests.unit.functions.fake_aws import AwsFault, FakeAws
from tests.unit.functions.invocation_fakes import FakeContext, FakeTime, client_error
from token_check.handler import ProjectsUncheckedError, check_tokens

API = "https://github.example/api/v3"
EXPIRATION = "GitHub-Authentication-Token-Expiration"
SECRETS = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mlops-sm-project"


@dataclass
class Aws(FakeAws):
    """AWS with Lambda."""

    invoked: list[dict[str, Any]] = field(default_factory=list)
    refused: int | None = None  # how often; 0: always

    def _Invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> Any:  # noqa: N802, N803
        assert (FunctionName, InvocationType) == (FakeContext.invoked_function_arn, "Event")
        if self.refused is not None:
            self.refused = self.refused - 1 or None
            raise client_error("Invoke", "AccessDeniedException")
        self.invoked.append(json.loads(Payload))
        return {"StatusCode": 202}


@dataclass
class World:
    """AWS, and a GitHub that only knows tokens."""

    aws: "Aws" = field(default_factory=lambda: Aws())
    time: FakeTime = field(default_factory=FakeTime)
    tokens: dict[str, Any] = field(default_factory=dict)  # token -> expiration, status or failure
    asked: list[str] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)
    handed_on: list[dict[str, Any]] = field(default_factory=list)
    registered: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, token: str, answer: Any, *, secret: str = "") -> None:
        """Add a project."""
        arn = f"{SECRETS}/{secret or name}"
        fields = ("owner", "build_repository", "deploy_repository", "deploy_workflow")
        value = dict.fromkeys((*fields, "default_branch"), name) | {"token_secret_arn": arn}
        self.aws.parameters[f"/mlops-sm-project/{name}"] = json.dumps(value)
        self.aws.secrets[arn] = token
        self.tokens[token] = answer

    def request(self, method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        """Be GitHub."""
        assert (method, url) == ("GET", f"{API}/user")
        token = options["headers"]["Authorization"].removeprefix("Bearer ")
        self.asked.append(token)
        self.timeouts.append(options["timeout"].read_timeout)
        answer = self.tokens[token]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            validate_exchange("GET", "/user", None, answer, {"message": "no"})
            return urllib3.HTTPResponse(body=b'{"message": "no"}', status=answer)
        headers = {EXPIRATION: answer} if answer else {}
        return urllib3.HTTPResponse(body=b"{}", status=200, headers=headers)

    def check(self, event: dict[str, Any] | None = None) -> str:
        """Run the function for the schedule, or for a batch."""
        environment = {
            "GITHUB_API_URL": API,
            "PROJECT_PARAMETER_PREFIX": "/mlops-sm-project/",
            "METRIC_NAMESPACE": "MLOpsSageMakerProject",
            **self.registered,
        }
        tools = Toolbox(
            environment=environment,
            http=self,
            aws=self.aws.client,
            clock=self.time.clock,
            sleep=self.time.sleep,
            random=lambda: 0.5,
        )
        try:
            return check_tokens(event or {}, FakeContext(300), tools)
        finally:
            self.handed_on += self.aws.invoked
            self.aws.invoked = []

    @property
    def values(self) -> list[float]:
        """What CloudWatch was told, sorted."""
        assert all(put["Namespace"] == "MLOpsSageMakerProject" for put in self.aws.metrics)
        data = [datum for put in self.aws.metrics for datum in put["MetricData"]]
        assert all(datum["MetricName"] == "TokenDaysLeft" for datum in data)
        assert all("Dimensions" not in datum for datum in data)
        return sorted(round(datum["Value"], 1) for datum in data)


@pytest.fixture
def world(caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    """A world without projects; no token may be logged."""
    caplog.set_level(logging.INFO)
    world = World()
    yield world
    assert not [token for token in world.tokens if token in caplog.text]


def test_each_token_is_measured_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.add("rings", "token-a", "2027-03-01 08:00:00 UTC")
    world.add("shells", "token-b", "2027-01-25 09:00:00 +0100", secret="shared")
    world.add("pearls", "token-b", "2027-01-25 09:00:00 +0100", secret="shared")
    assert world.check() == "checked 2 tokens of 3 projects"
    assert world.values == [10.0, 45.0]
    assert sorted(world.asked) == ["token-a", "token-b"]
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert all("lasts 10 more days; create a new one" in warning for warning in warnings)
    assert any("/mlops-sm-project/shells" in warning for warning in warnings)


def test_every_page_of_projects_is_read(world: World) -> None:
    for number in range(23):
        world.add(f"p{number}", f"token-{number}", "2027-01-16 08:00:00 UTC")
    world.check()
    assert world.values == [1.0] * 23


def test_a_token_without_end_gives_no_value(world: World) -> None:
    world.add("rings", "token-a", None)
    world.check()
    assert (world.values, world.aws.metrics) == ([], [])


@pytest.mark.parametrize("gone", [True, False])
def test_a_token_that_does_not_work_counts_nothing(
    world: World, caplog: pytest.LogCaptureFixture, gone: bool
) -> None:
    world.add("rings", "token-a", 401)
    if gone:
        world.aws.secrets.clear()
    world.check()
    assert world.values == [0.0]
    assert "is rejected, expired or deleted; create a new one" in caplog.text


@pytest.mark.parametrize(
    "failure", [urllib3.exceptions.ProtocolError("reset"), 503, 404], ids=["reset", "503", "404"]
)
def test_a_project_that_fails_does_not_stop_the_others(
    world: World, caplog: pytest.LogCaptureFixture, failure: Any
) -> None:
    world.add("a", "token-a", failure)
    world.add("b", "token-b", "2027-01-16 08:00:00 UTC")
    world.aws.parameters["/mlops-sm-project/c"] = "{}"
    with pytest.raises(ProjectsUncheckedError, match="2 of 3 projects"):
        world.check()
    assert world.values == [1.0]
    assert sum(world.time.slept) <= 30
    assert "project /mlops-sm-project/a: " in caplog.text


@pytest.mark.parametrize("seconds", [12, 60])
def test_a_slow_server_is_given_the_time_that_is_registered(world: World, seconds: int) -> None:
    world.registered = {"GITHUB_READ_TIMEOUT_SECONDS": str(seconds)}
    world.add("rings", "token-a", None)
    world.check()
    assert world.timeouts == [seconds]


def test_a_malformed_setting_is_told_for_each_project(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.registered = {"GITHUB_READ_TIMEOUT_SECONDS": "soon"}
    world.add("rings", "token-a", None)
    with pytest.raises(ProjectsUncheckedError):
        world.check()
    assert "GITHUB_READ_TIMEOUT_SECONDS is 'soon' but must be" in caplog.text


OPERATIONS = ("GetParametersByPath", "GetSecretValue", "PutMetricData")


@pytest.mark.parametrize("kind", ["throttled", "failing", "lost"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_passing_failure_of_aws_is_outlasted(world: World, operation: str, kind: str) -> None:
    world.add("rings", "token-a", "2027-01-16 08:00:00 UTC")
    world.aws.faults.append(AwsFault(operation, kind, times=3))
    assert world.check() == "checked 1 tokens of 1 projects"
    assert set(world.values) == {1.0}


@pytest.mark.parametrize("kind", ["throttled", "failing", "lost"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_lasting_failure_of_aws_is_raised(world: World, operation: str, kind: str) -> None:
    world.add("rings", "token-a", "2027-01-16 08:00:00 UTC")
    world.aws.faults.append(AwsFault(operation, kind, times=0))
    failures = "ThrottlingException|InternalServerError|timeout|could not be checked"
    with pytest.raises(Exception, match=failures):
        world.check()


def test_many_projects_are_handed_on_in_batches(world: World) -> None:
    for number in range(120):
        world.add(f"p{number}", f"token-{number}", "2027-01-16 08:00:00 UTC")
    assert world.check() == "handed 120 projects on in 3 batches"
    assert world.asked == []
    for batch in world.handed_on:
        assert world.check(batch).startswith("checked ")
    assert sorted(world.asked) == sorted(world.tokens)
    assert world.values == [1.0] * 120


def test_projects_that_share_a_token_share_a_batch(world: World) -> None:
    for number in range(100):
        secret = f"s{number % 4}"
        world.add(f"p{number}", f"token-{number % 4}", None, secret=secret)
    world.check()
    for batch in world.handed_on:
        world.check(batch)
    assert sorted(world.asked) == [f"token-{number}" for number in range(4)]


@pytest.mark.parametrize("times", [1, 0])
def test_a_batch_that_cannot_be_handed_on_is_checked_at_once(world: World, times: int) -> None:
    for number in range(120):
        world.add(f"p{number}", f"token-{number}", "2027-01-16 08:00:00 UTC")
    world.aws.refused = times
    said = world.check()
    for batch in world.handed_on:
        world.check(batch)
    assert "checked " in said
    assert world.values == [1.0] * 120
