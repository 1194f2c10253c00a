"""Two registrations that make the same stack: who comes second goes on with what the first made."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from operations.aws_session import Identity
from operations.errors import StackBusyError
from operations.registration.prerequisites_step import PrerequisitesStep
from operations.registration.setting import Setting

_ROOT = Path(__file__).resolve().parents[3]
_WHO = Identity("111122223333", "aws", "eu-west-1", "arn:aws:iam::111122223333:root")


def _refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


class _Contested:
    """CloudFormation and IAM of an account where somebody makes the stack between two requests."""

    def __init__(self, *states: str) -> None:
        self.states, self.updates = list(states), 0
        self.began = False

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        if not self.began:
            raise _refusal("ValidationError", "DescribeStacks")
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"Stacks": [{"StackStatus": state}]}

    def create_stack(self, **_: Any) -> None:
        self.began = True
        raise _refusal("AlreadyExistsException", "CreateStack")

    def update_stack(self, **_: Any) -> None:
        assert self.states[0].endswith("_COMPLETE"), "one that moves is not updated"
        self.updates += 1

    def get_open_id_connect_provider(self, **_: Any) -> None:
        raise _refusal("NoSuchEntity", "GetOpenIDConnectProvider")


def _step(aws: _Contested) -> PrerequisitesStep:
    setting = Setting(
        session=cast(Any, SimpleNamespace(client=lambda *_, **__: aws)),
        identity=_WHO,
        github=cast(Any, SimpleNamespace(issuer="token.actions.githubusercontent.com")),
        owner="",
        repository_name="template",
        role_arn="arn:aws:iam::111122223333:role/Studio",
        qualifier="hnb659fds",
        folder=_ROOT,
        say=lambda _line: None,
        sleep=lambda _seconds: None,
    )
    return PrerequisitesStep(setting)


def test_a_stack_that_another_began_is_waited_for_and_brought_up_to_date() -> None:
    aws = _Contested("CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE")
    _step(aws).do()
    assert aws.updates == 1


def test_a_stack_that_never_rests_is_told() -> None:
    with pytest.raises(StackBusyError, match="start again when it rests"):
        _step(_Contested("CREATE_IN_PROGRESS")).do()
