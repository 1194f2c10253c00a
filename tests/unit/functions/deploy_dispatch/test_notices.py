"""Notices reach the topic and the commit, and what cannot be sent stops nothing."""

from typing import Any

import pytest

from deploy_dispatch.notices import Notices
from deploy_dispatch.project import Project
from github_client.errors import GitHubError
from tests.unit.functions.fake_aws import AwsFault, FakeAws

PROJECT = Project("octo", "rings-build", "rings-deploy", "deploy.yml", "main", "arn:secret")
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"


class _GitHub:
    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[tuple[str, str, Any]] = []
        self._error = error

    def send(self, method: str, path: str, body: Any = None, **_: Any) -> None:
        if self._error is not None:
            raise self._error
        self.sent.append((method, path, body))


def _notices(aws: FakeAws, github: _GitHub, topic: str = TOPIC) -> Notices:
    api: Any = github
    return Notices(aws.client("sns"), aws.client("cloudwatch"), topic, "Ours", api, PROJECT)


def test_a_notice_goes_to_the_topic_and_to_the_commit() -> None:
    aws, github = FakeAws(), _GitHub()
    _notices(aws, github).tell("dev serves 1 now.", "c" * 40)
    assert aws.notices == ["dev serves 1 now."]
    path = f"/repos/octo/rings-build/commits/{'c' * 40}/comments"
    assert github.sent == [("POST", path, {"body": "dev serves 1 now."})]


def test_without_topic_and_commit_there_is_only_the_log() -> None:
    aws, github = FakeAws(), _GitHub()
    _notices(aws, github, topic="").tell("dev serves 1 now.", "")
    assert (aws.notices, github.sent) == ([], [])


@pytest.mark.parametrize("kind", ["throttled", "failing", "lost"])
def test_a_topic_that_does_not_answer_stops_nothing(kind: str) -> None:
    aws, github = FakeAws(), _GitHub()
    aws.faults.append(AwsFault("Publish", kind))
    _notices(aws, github).tell("dev serves 1 now.", "c" * 40)
    assert len(github.sent) == 1


def test_a_commit_that_cannot_be_commented_on_stops_nothing() -> None:
    aws = FakeAws()
    _notices(aws, _GitHub(GitHubError("gone"))).tell("dev serves 1 now.", "c" * 40)
    assert aws.notices == ["dev serves 1 now."]


def test_a_subject_is_what_sns_takes() -> None:
    """At most 100 characters of ASCII, as SNS has it for e-mail."""
    aws, asked = FakeAws(), []
    client = aws.client("sns")

    class _Recording:
        def publish(self, **request: Any) -> Any:
            asked.append(request)
            return client.publish(**request)

    notices = _notices(aws, _GitHub())
    Notices(_Recording(), notices.cloudwatch, TOPIC, "Ours", notices.api, PROJECT).tell(
        "prüfe dev " * 50, ""
    )
    (request,) = asked
    assert len(request["Subject"]) <= 100
    assert request["Subject"].isascii()


def test_an_alarm_is_a_count_of_one() -> None:
    aws = FakeAws()
    _notices(aws, _GitHub()).raise_alarm()
    (metric,) = aws.metrics
    assert metric["Namespace"] == "Ours"
    assert metric["MetricData"][0]["Value"] == 1.0
