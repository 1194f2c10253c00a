"""A thousand projects, some of whose tokens hang: they delay nobody but themselves.

A token that hangs does so until every other one of its batch is answered; if one of them waits for
it, that never happens.
"""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from invocation.toolbox import Toolbox
from tests.unit.functions.invocation_fakes import FakeContext, FakeTime
from tests.unit.functions.token_check.test_token_check import API, EXPIRATION, SECRETS, Aws
from token_check.handler import ProjectsUncheckedError, check_tokens

PROJECTS, BATCH = 1000, 50
# Real seconds, which only a failing test waits for.
_LONGEST_HANG_SECONDS = 10.0


class Fleet:
    """Projects with a token each; also their GitHub."""

    def __init__(self, hanging: set[int]) -> None:
        self.aws, self.time, self.hanging = Aws(), FakeTime(), hanging
        self.delayed: list[str] = []
        self.answer: Callable[[str], None] = lambda token: None
        for number in range(PROJECTS):
            arn = f"{SECRETS}/{number:04}"
            fields = ("owner", "build_repository", "deploy_repository", "deploy_workflow")
            value = dict.fromkeys((*fields, "default_branch"), "x") | {"token_secret_arn": arn}
            self.aws.parameters[f"/mlops-sm-project/{number:04}"] = json.dumps(value)
            self.aws.secrets[arn] = f"token-{number}"

    def invoke(self, event: dict[str, Any]) -> None:
        """Run one invocation."""
        self._lock = threading.Lock()
        self._others = {int(each["Name"][-4:]) for each in event.get("Projects", [])} - self.hanging
        self._all_answered = threading.Event()
        environment = {
            "GITHUB_API_URL": API,
            "PROJECT_PARAMETER_PREFIX": "/mlops-sm-project/",
            "METRIC_NAMESPACE": "MLOpsSageMakerProject",
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
            check_tokens(event, FakeContext(900), tools)
        except ProjectsUncheckedError:
            assert event, "the schedule's invocation checks nothing"

    def request(self, _method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        """Answer at once, or hang until all others are answered."""
        assert url == f"{API}/user"
        token = options["headers"]["Authorization"].removeprefix("Bearer token-")
        if int(token) in self.hanging:
            if not self._all_answered.wait(_LONGEST_HANG_SECONDS):
                self.delayed.append(token)
            raise urllib3.exceptions.ReadTimeoutError(None, url, "silent")  # type: ignore[arg-type]
        with self._lock:
            self.answer(token)
            self._others.discard(int(token))
            if not self._others:
                self._all_answered.set()
        headers = {EXPIRATION: "2027-01-16 08:00:00 UTC"}
        return urllib3.HTTPResponse(body=b"{}", status=200, headers=headers)


@pytest.mark.parametrize(
    "hanging",
    [set(range(0, PROJECTS, 25)), set(range(100, 140))],
    ids=["two in each batch", "forty in one batch"],
)
def test_tokens_that_hang_delay_nobody_else(hanging: set[int]) -> None:
    fleet = Fleet(hanging)
    fleet.invoke({})
    batches, fleet.aws.invoked = fleet.aws.invoked, []
    assert len(batches) == PROJECTS / BATCH
    for batch in batches:
        fleet.invoke(batch)
    assert fleet.delayed == []
    values = [datum for put in fleet.aws.metrics for datum in put["MetricData"]]
    assert len(values) == PROJECTS - len(hanging)


@pytest.mark.parametrize("own", [0, 120])
def test_each_stored_credential_is_asked_for_once_whatever_the_number_of_projects(own: int) -> None:
    fleet = Fleet(set())
    asked: list[str] = []
    for number, (name, text) in enumerate(fleet.aws.parameters.items()):
        if number >= own:
            owner = ("acme", "octo", "Acme")[number % 3]
            secret = f"mlops-sm-project/owner/{owner}/github-token"
            fleet.aws.parameters[name] = json.dumps(
                {**json.loads(text), "token_secret_arn": secret}
            )
    for owner, token in (("acme", "token-1"), ("octo", "token-2")):
        stored = json.dumps({"token": token, "users": []})
        fleet.aws.secrets[f"mlops-sm-project/owner/{owner}/github-token"] = stored
    fleet.answer = asked.append
    fleet.invoke({})
    assert sorted(asked) == ["1", "2"]
    batches, fleet.aws.invoked = fleet.aws.invoked, []
    assert sum(len(batch["Projects"]) for batch in batches) == own
    for batch in batches:
        fleet.invoke(batch)
    assert len(asked) == 2 + own
    values = [datum for put in fleet.aws.metrics for datum in put["MetricData"]]
    assert len(values) == 2 + own
