"""The last lines that a job printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.asking.jobs.job import JobName

MOST_LINES = 200
_LONGEST_LINE = 2000
# Colours and movements of the cursor, and what terminals are told beside them: ECMA-48.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]{0,8}[0-~]?|\x9b[0-?]{0,64}[ -/]{0,8}[@-~]"
)


@dataclass(frozen=True)
class LogTail:
    """What a job printed last.

    Args:
        stream: whose; empty if it printed nothing yet.
        others: how many other streams it has, one for each machine.
        lines: at most MOST_LINES, the oldest first.
    """

    stream: str
    others: int
    lines: Sequence[str]


def read_tail(logs: Any, job: JobName) -> LogTail:
    """Ask CloudWatch.

    Raises:
        ClientError: it refused, or no job of this kind ever printed anything.
        BotoCoreError: it did not answer.
    """
    streams = logs.describe_log_streams(
        logGroupName=job.log_group, logStreamNamePrefix=f"{job.name}/"
    )["logStreams"]
    if not streams:
        return LogTail("", 0, ())
    newest = max(streams, key=lambda one: one.get("lastEventTimestamp", 0))["logStreamName"]
    told = logs.get_log_events(
        logGroupName=job.log_group, logStreamName=newest, limit=MOST_LINES, startFromHead=False
    )["events"]
    lines = [readable(one["message"]) for one in told[-MOST_LINES:]]
    return LogTail(newest, len(streams) - 1, lines)


def readable(line: str) -> str:
    """A line as a terminal would show it in the end, without its colours.

    Of a progress bar, which is written over itself again and again, the last state stays.
    """
    plain = _ESCAPES.sub("", line).rstrip("\r\n")
    last = plain.rpartition("\r")[2]
    return last if len(last) <= _LONGEST_LINE else f"{last[:_LONGEST_LINE]}…"
