"""Tells people what is worth knowing: on the topic of the alarms, and at the commit of a version.

A notice that cannot be sent is logged and given up: the ledger and the registry hold what it says,
and what it is about must not be done twice for its sake.
"""

import logging
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deploy_dispatch.project import Project
from github_client.api import GitHubApi
from github_client.errors import GitHubError

ATTENTION_METRIC = "StagesNeedingAttention"
_LONGEST_SUBJECT = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notices:
    """Where notices go.

    Args:
        sns: boto3 client.
        cloudwatch: boto3 client.
        topic: ARN of the topic; empty for none.
        namespace: of the metric that an alarm watches.
        api: GitHub.
        project: whose commits are commented on.
    """

    sns: Any
    cloudwatch: Any
    topic: str
    namespace: str
    api: GitHubApi
    project: Project

    def tell(self, sentence: str, commit: str) -> None:
        """Send a notice.

        Args:
            sentence: what is worth knowing.
            commit: of the build repository, that the version was made from; empty if not known.
        """
        _log.info("notice: %s", sentence)
        if self.topic:
            subject = f"{self.project.deploy_repository}: {sentence}"[:_LONGEST_SUBJECT]
            plain = subject.encode("ascii", "replace").decode()
            self._try(self.sns.publish, TopicArn=self.topic, Subject=plain, Message=sentence)
        if commit:
            self._comment(sentence, commit)

    def raise_alarm(self) -> None:
        """Count a stage that needs people, which the alarm of the registration watches."""
        metric = {"MetricName": ATTENTION_METRIC, "Value": 1.0, "Unit": "Count"}
        self._try(self.cloudwatch.put_metric_data, Namespace=self.namespace, MetricData=[metric])

    def _try(self, call: Any, **request: Any) -> None:
        try:
            call(**request)
        except (BotoCoreError, ClientError) as error:
            _log.warning("a notice was not sent: %s", error)

    def _comment(self, sentence: str, commit: str) -> None:
        repository = f"{self.project.owner}/{self.project.build_repository}"
        path = f"/repos/{repository}/commits/{commit}/comments"
        try:
            self.api.send("POST", path, {"body": sentence}, repeatable=False)
        except GitHubError as error:
            _log.warning("commit %s was not commented on: %s", commit, error)
