"""What is known of a request beside its properties: the stack's fate and the token's end."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from cloudformation_response.response import Outcome
from invocation.deadline import Deadline
from invocation.toolbox import Toolbox
from project_repository.session import Session, StackUnknownError
from tests.unit.functions.invocation_fakes import FakeTime, client_error

SECRET = "arn:secret"


class _Aws:
    def __init__(self, told: Any = None) -> None:
        self._told = told

    def describe_stacks(self, *, StackName: str) -> Any:  # noqa: N803 - AWS's name
        assert StackName == "arn:stack"
        if isinstance(self._told, Exception):
            raise self._told
        return {"Stacks": [{"StackStatus": self._told}]}

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803
        assert SecretId == SECRET
        return {"SecretString": "ghp_x"}


def _session(told: Any = None) -> tuple[Session, FakeTime]:
    time, client, http = FakeTime(), _Aws(told), object()
    environment = {"GITHUB_API_URL": "https://github.test/api/v3"}
    pool: Any = http
    tools = Toolbox(environment, pool, lambda _: client, time.clock, time.sleep, lambda: 0.5)
    deadline = Deadline(time.now + 100, time.clock, time.sleep)
    return Session({"StackId": "arn:stack"}, tools, deadline), time


@pytest.mark.parametrize(
    ("status", "is_rolling_back"),
    [
        ("ROLLBACK_IN_PROGRESS", True),
        ("ROLLBACK_FAILED", True),
        ("UPDATE_ROLLBACK_IN_PROGRESS", True),
        ("CREATE_IN_PROGRESS", False),
        ("UPDATE_IN_PROGRESS", False),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", False),
        ("DELETE_IN_PROGRESS", False),
    ],
)
def test_a_stack_that_is_rolled_back_is_told_by_its_status(
    status: str, is_rolling_back: bool
) -> None:
    assert _session(status)[0].is_rolling_back() == is_rolling_back


def test_where_a_stack_may_not_be_looked_at_nothing_is_rolled_back() -> None:
    assert not _session(client_error("DescribeStacks", "AccessDenied"))[0].is_rolling_back()


@pytest.mark.parametrize(
    "error",
    [client_error("DescribeStacks", "Throttling"), ReadTimeoutError(endpoint_url="https://x")],
)
def test_a_stack_that_aws_does_not_tell_now_is_unknown(error: Exception) -> None:
    with pytest.raises(StackUnknownError):
        _session(error)[0].is_rolling_back()


def _warned(days: float | None, reason: str = "Done.") -> str:
    session, time = _session()
    api = session.github(SECRET)
    if days is not None:
        api.token_expires_at = datetime.fromtimestamp(time.now + days * 86_400, UTC)
    return session.with_warning(Outcome({"a": "b"}, reason)).reason


def test_a_token_that_runs_out_soon_is_told_where_it_is_to_be_stored() -> None:
    warning = f"The GitHub token expires in 13 days; store a new one in the secret {SECRET}."
    assert _warned(13.4) == f"Done. {warning}"
    assert _warned(13.4, "") == warning
    assert _warned(14.0) == _warned(None) == _warned(99.0) == "Done."


def test_nothing_is_told_of_a_token_that_was_not_asked_for() -> None:
    session, _ = _session()
    assert session.with_warning(Outcome(reason="Done.")) == Outcome(reason="Done.")
