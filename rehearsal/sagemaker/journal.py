"""Copies what containers print into CloudWatch Logs, in the groups that SageMaker uses."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from ministack.core.responses import request_scope
from ministack.services import cloudwatch_logs

PROCESSING_JOBS = "/aws/sagemaker/ProcessingJobs"
TRAINING_JOBS = "/aws/sagemaker/TrainingJobs"
ENDPOINTS = "/aws/sagemaker/Endpoints/"


class Journal:
    """Writes log streams of one account and region."""

    def __init__(self, account: str, region: str) -> None:
        self._account = account
        self._region = region

    def write(self, group: str, stream: str, lines: Iterable[str]) -> None:
        """Append lines to a stream; group and stream are made when they are missing."""
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in lines if line.strip()]
        if not events:
            return
        with request_scope(self._account, self._region):
            place = {"logGroupName": group, "logStreamName": stream}
            if group not in cloudwatch_logs._log_groups:
                cloudwatch_logs._create_log_group({"logGroupName": group})
            if stream not in cloudwatch_logs._log_groups[group]["streams"]:
                cloudwatch_logs._create_log_stream(place)
            cloudwatch_logs._put_log_events({**place, "logEvents": events})

    def stream_arn(self, group: str, stream: str) -> str:
        """ARN of a log stream."""
        place = f"{self._region}:{self._account}:log-group:{group}:log-stream:{stream}"
        return f"arn:aws:logs:{place}"


class FollowedLog:
    """A growing log file that is copied to a stream from where the last copy ended."""

    def __init__(self, path: Path, journal: Journal, group: str, stream: str) -> None:
        self.path = path
        self.group = group
        self.stream = stream
        self._journal = journal
        self._offset = 0

    @property
    def arn(self) -> str:
        """ARN of the stream."""
        return self._journal.stream_arn(self.group, self.stream)

    def copy_new_lines(self) -> None:
        """Send what was written since the last call."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
            self._offset += len(text)
        self._journal.write(self.group, self.stream, text.decode(errors="replace").splitlines())


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a log that are not blank; none when there is no log."""
    if not path.exists():
        return []
    lines = path.read_text(errors="replace").splitlines()
    return [line for line in lines if line.strip()][-count:]
