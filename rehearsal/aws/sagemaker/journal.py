"""Copies what containers print into CloudWatch Logs, in the groups that SageMaker uses."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from ministack.services import cloudwatch_logs

from rehearsal.aws.sagemaker.access import Access
from rehearsal.aws.sagemaker.settings import SageMakerSettings

ENDPOINTS = "/aws/sagemaker/Endpoints/"


class Journal:
    """Writes log streams of one account and region."""

    def __init__(self, settings: SageMakerSettings, access: Access) -> None:
        self._settings = settings
        self._access = access

    def write(self, group: str, stream: str, lines: Iterable[str], *, role_arn: str) -> None:
        """Append lines to a stream; group and stream are made when they are missing.

        What the role may not write is lost, as on AWS, where the job goes on without its log.
        """
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in lines if line.strip()]
        if not events or not self._may_write(group, stream, role_arn):
            return
        with self._settings.scope():
            place = {"logGroupName": group, "logStreamName": stream}
            if group not in cloudwatch_logs._log_groups:
                cloudwatch_logs._create_log_group({"logGroupName": group})
            if stream not in cloudwatch_logs._log_groups[group]["streams"]:
                cloudwatch_logs._create_log_stream(place)
            cloudwatch_logs._put_log_events({**place, "logEvents": events})

    def _may_write(self, group: str, stream: str, role_arn: str) -> bool:
        """Ask what SageMaker's developer guide lists for the logs of a job's execution role."""
        whole = self.stream_arn(group, "").partition(":log-stream:")[0]
        questions = [
            ("logs:CreateLogGroup", whole),
            ("logs:DescribeLogStreams", whole),
            ("logs:CreateLogStream", whole),
            ("logs:PutLogEvents", self.stream_arn(group, stream)),
        ]
        return not any(self._access.refused(role_arn, *question) for question in questions)

    def stream_arn(self, group: str, stream: str) -> str:
        """ARN of a log stream."""
        place = f"{self._settings.region}:{self._settings.account}"
        return f"arn:aws:logs:{place}:log-group:{group}:log-stream:{stream}"


class FollowedLog:
    """A growing log file that is copied to a stream from where the last copy ended."""

    def __init__(
        self, path: Path, journal: Journal, group: str, stream: str, *, role_arn: str
    ) -> None:
        self.path = path
        self.group = group
        self.stream = stream
        self._journal = journal
        self._role_arn = role_arn
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
        lines = text.decode(errors="replace").splitlines()
        self._journal.write(self.group, self.stream, lines, role_arn=self._role_arn)


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a log that are not blank; none when there is no log."""
    if not path.exists():
        return []
    lines = path.read_text(errors="replace").splitlines()
    return [line for line in lines if line.strip()][-count:]
