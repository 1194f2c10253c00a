"""The log of the daily look, which has a line for each thing that it looked at."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

FUNCTION = "mlops-sm-project-tokens"
# It looks once a day; an attempt that failed is followed by one of the next day.
SINCE = timedelta(hours=50)


def read_log(logs: Any, now: datetime, words: str) -> Iterator[Mapping[str, Any]]:
    """Events of the last looks whose lines have these words.

    Raises:
        ClientError: the log may not be read.
    """
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{FUNCTION}",
        startTime=int((now - SINCE).timestamp() * 1000),
        filterPattern=f'"{words}"',
    )
    for page in pages:
        yield from page["events"]
