"""What is not there is no gap; what may not be read, or does not answer, is one line."""

from __future__ import annotations

import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from operations.fleet.gaps import Gaps


def _refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ListThings")


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (_refusal("ResourceNotFound", "Pipeline x does not exist"), []),
        (_refusal("ValidationException", "ModelPackageGroup g does not exist."), []),
        (_refusal("ValidationException", 'Could not find endpoint "arn".'), []),
        (_refusal("NoSuchKey", "The specified key does not exist."), []),
        (
            _refusal("ValidationException", "1 validation error detected"),
            ["Things: not known, since ValidationException: 1 validation error detected."],
        ),
        (
            _refusal("AccessDeniedException", "does not exist, as far as you may know"),
            ["Things: not known, since the right svc:ListThings is missing."],
        ),
        (
            EndpointConnectionError(endpoint_url="https://x"),
            ['Things: not known (Could not connect to the endpoint URL: "https://x").'],
        ),
    ],
)
def test_each_reason_is_one_line_however_often(
    error: ClientError | BotoCoreError, lines: list[str]
) -> None:
    def call() -> int:
        raise error

    gaps = Gaps()
    assert [gaps.ask("Things", "svc", call, 7) for _ in range(3)] == [7, 7, 7]
    assert gaps.lines == lines


def test_a_defect_is_not_hidden() -> None:
    def call() -> int:
        raise KeyError("defect")

    with pytest.raises(KeyError):
        Gaps().ask("Things", "svc", call, 7)
