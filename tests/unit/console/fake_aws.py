"""An account whose services answer what a test says, and count what they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from console.asking.account import Account
from operations.aws_session import Identity

IDENTITY = Identity("111122223333", "aws", "eu-west-1", "arn:aws:iam::111122223333:user/u")


class FakeAccount(Account):
    """Answers by the names of operations; one without an answer is refused.

    Args:
        answers: by operation in boto3's words; functions of the request, or values.
    """

    def __init__(self, answers: Mapping[str, Any]) -> None:
        super().__init__(IDENTITY)
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def client(self, service: str) -> Any:
        """Stands for each service."""
        return _FakeClient(self)

    def names_asked(self) -> list[str]:
        """The operations, in their order."""
        return [name for name, _ in self.asked]


class _FakeClient:
    def __init__(self, account: FakeAccount) -> None:
        self._account = account

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            self._account.asked.append((operation, request))
            if operation not in self._account.answers:
                raise refusal("AccessDeniedException", "denied", operation)
            answer = self._account.answers[operation]
            return answer(**request) if callable(answer) else answer

        return call

    def get_paginator(self, operation: str) -> Any:
        """Pages of which there is one."""
        return _FakePages(getattr(self, operation))


class _FakePages:
    def __init__(self, call: Any) -> None:
        self._call = call

    def paginate(self, **request: Any) -> Iterator[Any]:
        """The one page."""
        yield self._call(**request)


def refusal(code: str, message: str, operation: str = "Operation") -> ClientError:
    """An error of AWS."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
