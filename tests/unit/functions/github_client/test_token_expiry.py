"""Behaviour of reading when a token runs out."""

import logging
from datetime import UTC, datetime

import pytest

from github_client.token_expiry import days_until, read_expiration
from tests.unit.functions.github_client.scripted_server import Connect, ScriptedServer

HEADER = "GitHub-Authentication-Token-Expiration"
TEN = datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-12-01 10:00:00 UTC", TEN),
        ("2026-12-01 11:00:00 +0100", TEN),
        ("2026-12-01 05:00:00 -0500", TEN),
        ("soon", None),
        ("", None),
    ],
)
def test_both_forms_of_the_header_are_read(value: str, moment: datetime | None) -> None:
    assert read_expiration({HEADER.lower(): value}) == moment


def test_days_are_never_negative() -> None:
    assert days_until(TEN, TEN.timestamp() - 86400) == 1.0
    assert days_until(TEN, TEN.timestamp() + 86400) == 0.0


def test_the_days_left_are_logged_once_for_each_invocation(
    server: ScriptedServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    moment = "2027-01-25 08:00:00 UTC"  # the fake clock stands at 2027-01-15 08:00
    server.script = [(200, {HEADER: moment}, b"{}")] * 2
    api = connect()
    api.send("GET", "/user")
    api.send("GET", "/user")
    lines = [record.getMessage() for record in caplog.records if "expires" in record.getMessage()]
    assert lines == ["the GitHub token expires in 10.0 days"]
    assert api.token_days_left == 10.0


def test_a_token_without_end_has_no_days(server: ScriptedServer, connect: Connect) -> None:
    server.script = [(200, {}, b"{}")]
    api = connect()
    api.send("GET", "/user")
    assert (api.token_expires_at, api.token_days_left) == (None, None)
