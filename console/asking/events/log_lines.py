"""Lines of the log of a Lambda function.

Source: awslambdaric 3, whose text format is level, moment, request and message between tabs, with
milliseconds that are not filled up with zeros; what a handler raised has the level alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_LINE = re.compile(
    r"\[(?P<level>[A-Z]+)\]\t(?P<second>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(?P<milli>\d{1,3})Z\t"
    r"(?P<request>[0-9a-f-]{1,64})\t(?P<text>.*)",
    re.DOTALL,
)
_RAISED = re.compile(r"\[(?P<level>ERROR|CRITICAL)\] ?(?P<text>.*)", re.DOTALL)
_TROUBLE = ("WARNING", "ERROR", "CRITICAL")
_DAYS = 7


@dataclass(frozen=True)
class Line:
    """One line.

    Args:
        moment: when it was written.
        level: such as INFO; empty if it has none.
        request: id of the invocation; empty if it is not told.
        text: what it says.
    """

    moment: datetime
    level: str
    request: str
    text: str

    @property
    def is_trouble(self) -> bool:
        """Whether the function says that something is wrong."""
        return self.level in _TROUBLE


def parse_line(told: Mapping[str, Any]) -> Line:
    """Read an event of CloudWatch Logs."""
    message = str(told["message"]).rstrip()
    at = datetime.fromtimestamp(told["timestamp"] / 1000, UTC)
    found = _LINE.fullmatch(message)
    if found is None:
        raised = _RAISED.fullmatch(message)
        return (
            Line(at, raised["level"], "", raised["text"]) if raised else Line(at, "", "", message)
        )
    try:
        second = datetime.fromisoformat(found["second"]).replace(tzinfo=UTC)
        at = second + timedelta(milliseconds=int(found["milli"]))
    except ValueError:
        pass  # no such day; when CloudWatch got it is near enough
    return Line(at, found["level"], found["request"], found["text"])


def read_lines(
    logs: Any, function: str, words: str, now: datetime, most_pages: int = 1
) -> tuple[Sequence[Line], bool]:
    """The newest lines of the last days that hold some words, the oldest of them first.

    Args:
        logs: boto3 client.
        function: whose log it is.
        words: as they stand in the line, without quotes.
        now: the end of those days.
        most_pages: to ask for; a page that CloudWatch searched in vain counts, too.

    Returns:
        The lines, and whether there may be older ones.
    """
    request: dict[str, Any] = {
        "logGroupName": f"/aws/lambda/{function}",
        "filterPattern": f'"{words}"',
        "startTime": round((now - timedelta(days=_DAYS)).timestamp() * 1000),
        "startFromHead": False,
    }
    found: list[Line] = []
    for _ in range(most_pages):
        page = logs.filter_log_events(**request)
        found += [parse_line(one) for one in page["events"] if words in one["message"]]
        token = page.get("nextToken")
        if not token:
            return sorted(found, key=lambda line: line.moment), False
        request["nextToken"] = token
    return sorted(found, key=lambda line: line.moment), True
