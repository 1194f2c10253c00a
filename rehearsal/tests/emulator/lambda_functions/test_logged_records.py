"""What functions log, as CloudWatch Logs has it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import LocalAws, allow

_CODE = """
import logging
def handle(event, context):
    logging.getLogger().setLevel(event["level"])
    logging.getLogger("ours").info("quiet %s", event["n"])
    logging.getLogger("ours").error("loud %s", event["n"])
    print("printed", event["n"])
"""


@pytest.fixture(scope="module")
def logger(aws: LocalAws) -> str:
    resources = {
        "Role": role(allow("logs:*")),
        "Function": function(_CODE, FunctionName="logger"),
    }
    assert aws.stack("logger", resources)["StackStatus"] == "CREATE_COMPLETE"
    return "logger"


def _logged(aws: LocalAws, name: str, level: str, n: int) -> tuple[str, list[str]]:
    """The id of a new request as its log begins with it, and the lines that it wrote."""
    event = json.dumps({"level": level, "n": n})
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=event)
    assert "FunctionError" not in answer
    logs, group = aws.client("logs"), f"/aws/lambda/{name}"
    (written,) = (
        lines
        for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]
        if f"printed {n}" in (lines := _lines(logs, group, stream["logStreamName"]))
    )
    return written[0].split()[2], written[1:-2]  # START RequestId: …; then END and REPORT


def _lines(logs: Any, group: str, stream: str) -> list[str]:
    events = logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]
    return [event["message"] for event in events]


def test_each_record_of_the_level_is_logged_once_with_its_request(
    aws: LocalAws, logger: str
) -> None:
    for n in (1, 2):  # the second in the same process
        request, lines = _logged(aws, logger, "INFO", n)
        *records, printed = lines
        assert printed == f"printed {n}"
        matches = [re.fullmatch(r"\[(\w+)\]\t[-\dT:]+\.\d+Z\t(\S+)\t(.*)", x) for x in records]
        assert [found and found.groups() for found in matches] == [
            ("INFO", request, f"quiet {n}"),
            ("ERROR", request, f"loud {n}"),
        ]


def test_what_is_below_the_level_is_not_logged(aws: LocalAws, logger: str) -> None:
    _request, lines = _logged(aws, logger, "WARNING", 3)
    assert [line.rpartition("\t")[2] for line in lines] == ["loud 3", "printed 3"]
