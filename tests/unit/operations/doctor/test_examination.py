"""What hinders a look becomes a finding, and a look that takes its time is told of."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests
from botocore.exceptions import ClientError, EndpointConnectionError

from operations.doctor.command import follow
from operations.doctor.examination import Check, examine
from operations.findings import Finding

FOUND = Finding("ok", "it", "It is there.")


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ListThings")


@pytest.mark.parametrize(
    ("error", "level", "words"),
    [
        (refusal("AccessDenied"), "note", "the right svc:ListThings is missing"),
        (refusal("AccessDeniedException"), "note", "svc:ListThings"),
        (
            refusal(
                "AccessDenied", "User: x is not authorized to perform: kms:ListKeys on resource: *"
            ),
            "note",
            "the right kms:ListKeys is missing",
        ),
        (refusal("ExpiredToken", "The token has expired"), "fails", "(ExpiredToken: The token"),
        (EndpointConnectionError(endpoint_url="https://x"), "fails", "AWS did not answer"),
        (requests.ConnectTimeout(), "fails", "GitHub did not answer about it (ConnectTimeout)"),
    ],
)
def test_what_was_found_before_stays(error: Exception, level: str, words: str) -> None:
    def look() -> Iterator[Finding]:
        yield FOUND
        raise error

    first, second = examine(Check("it", "svc", look))
    assert first == FOUND
    assert (second.level, second.about) == (level, "it")
    assert words in second.sentence


def test_a_defect_is_not_hidden() -> None:
    def look() -> Iterator[Finding]:
        raise KeyError("defect")
        yield FOUND

    with pytest.raises(KeyError):
        list(examine(Check("it", "svc", look)))


def test_only_what_takes_its_time_is_told_of() -> None:
    said: list[str] = []
    told = threading.Event()

    def say(line: str) -> None:
        said.append(line)
        told.set()

    def slow() -> list[Finding]:
        assert told.wait(30)
        return [FOUND]

    assert list(follow(iter([Check("slow", "", slow)]), 0.01, say)) == [FOUND]
    assert list(follow(iter([Check("quick", "", lambda: [FOUND])]), 60, say)) == [FOUND]
    assert said == ["Looking at slow …"]
