"""What a request says is what MiniStack reads in it."""

from __future__ import annotations

import pytest

from rehearsal.aws.emulator.service_requests import Request, json_members

_JSON = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "Service_1.AssumeRole"}
_FORM = b"Action=AssumeRole&RoleArn=r&RoleArn=s"


@pytest.mark.parametrize(
    ("method", "headers", "body", "query"),
    [
        ("POST", {}, _FORM, {}),
        ("POST", {}, b"RoleArn=r", {"Action": ["AssumeRole"], "RoleArn": ["q"]}),
        ("GET", {}, b"Action=Other", {"Action": ["AssumeRole"], "RoleArn": ["r"]}),
        ("POST", _JSON, b'{"RoleArn": "r"}', {}),
        ("POST", _JSON, _FORM, {}),  # not the JSON that it says it is
        ("POST", {"x-amz-target": "Service_1.Other"}, _FORM, {}),
    ],
)
def test_the_members_are_those_that_count(
    method: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
) -> None:
    texts = Request(method, "/", headers, body, query).texts
    assert texts == {"Action": "AssumeRole", "RoleArn": "r"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"\xff"])
def test_a_body_that_has_no_members_has_none(body: bytes) -> None:
    assert json_members(body) == {}
