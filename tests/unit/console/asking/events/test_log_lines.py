"""Lines of Lambda's logs are read with their moments, and not more of them than is bounded."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.asking.events.log_lines import parse_line, read_lines
from tests.console.made_up_aws import Asked, MadeUpAccount

NOW = datetime(2026, 11, 27, 13, tzinfo=UTC)
_AT = 1_795_784_718_594


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "[INFO]\t2026-11-27T13:05:18.494Z\ta6b03e38-ddcb\tevent 1: done\n",
            ("INFO", "a6b03e38-ddcb", "event 1: done", 494),
        ),
        # As Lambda writes 14 milliseconds.
        ("[INFO]\t2026-11-27T13:05:18.14Z\ta6\tx\ty", ("INFO", "a6", "x\ty", 14)),
        ("[ERROR] ClientError: no\nTraceback", ("ERROR", "", "ClientError: no\nTraceback", 594)),
        ("START RequestId: 1", ("", "", "START RequestId: 1", 594)),
        ("[INFO]\t2026-02-30T13:05:18.494Z\ta6\tx", ("INFO", "a6", "x", 594)),
    ],
)
def test_a_line_is_read(message: str, told: tuple[str, str, str, int]) -> None:
    line = parse_line({"timestamp": _AT, "message": message})
    assert (line.level, line.request, line.text, line.moment.microsecond // 1000) == told


@given(st.text())
def test_no_line_raises(message: str) -> None:
    parse_line({"timestamp": _AT, "message": message})


def _page(asked: Asked, pages: int) -> dict[str, Any]:
    """One of so many pages, the newest first."""
    page = int(asked.get("nextToken", 0))
    event = {"timestamp": _AT - page, "message": f"g-1 page {page}"}
    other = {"timestamp": _AT, "message": "of another"}
    more = {"nextToken": str(page + 1)} if page + 1 < pages else {}
    return {"events": [event, other], **more}


@pytest.mark.parametrize(("pages", "asked", "is_cut"), [(1, 1, False), (2, 2, False), (9, 2, True)])
def test_the_newest_pages_are_asked_for(pages: int, asked: int, is_cut: bool) -> None:
    account = MadeUpAccount({"FilterLogEvents": partial(_page, pages=pages)})
    lines, cut = read_lines(account.client("logs"), "f", "g-1", NOW, most_pages=2)
    requests = account.asked_of("FilterLogEvents")
    assert (len(requests), cut) == (asked, is_cut)
    assert [line.text for line in lines] == [f"g-1 page {n}" for n in reversed(range(asked))]
    assert requests[0]["startFromHead"] is False
    assert requests[0]["filterPattern"] == '"g-1"'
