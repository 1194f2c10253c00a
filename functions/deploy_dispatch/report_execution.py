"""Sets a pipeline execution's outcome as a status on the commit that started it."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy_dispatch.project import Project
from github_client.api import GitHubApi
from github_client.errors import RefusedError

CONTEXT = "SageMaker Pipeline"
MAX_DESCRIPTION = 140
_STATES = {
    "Executing": "pending",
    "Succeeded": "success",
    "Failed": "failure",
    "Stopped": "error",
}
_COMMIT = re.compile(r"\b[0-9a-f]{40}\b")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Execution:
    """A pipeline execution that a commit started.

    Args:
        reason: why it failed; empty if it did not, or nothing is known.
    """

    pipeline: str
    pipeline_arn: str
    execution_id: str
    status: str
    commit: str
    reason: str = ""

    @property
    def arn(self) -> str:
        """Return the ARN that SageMaker knows the execution by."""
        return f"{self.pipeline_arn}/execution/{self.execution_id}"

    @property
    def state(self) -> str:
        """Return GitHub's word for the status."""
        return _STATES[self.status]

    @property
    def description(self) -> str:
        """Return the text beside the status; it ends with the execution's id."""
        outcome = "" if self.reason else f" {self.status.lower()}"
        text, end = self.reason or self.pipeline, f"{outcome}: {self.execution_id}"
        return f"{text[: MAX_DESCRIPTION - len(end)]}{end}"


def parse_execution(detail: Mapping[str, Any]) -> Execution | None:
    """Read an execution event; None if no commit started it or its status says nothing new."""
    status = str(detail.get("currentPipelineExecutionStatus"))
    commit = _COMMIT.search(str(detail.get("pipelineExecutionDescription") or ""))
    if status not in _STATES or commit is None:
        return None
    pipeline_arn = str(detail["pipelineArn"])
    return Execution(
        pipeline=pipeline_arn.rpartition("/")[2],
        pipeline_arn=pipeline_arn,
        execution_id=str(detail["pipelineExecutionArn"]).rpartition("/")[2],
        status=status,
        commit=commit[0],
    )


def report_execution(api: GitHubApi, project: Project, execution: Execution) -> None:
    """Set the status, unless a later one of the same execution is there already."""
    path = f"/repos/{project.owner}/{project.build_repository}"
    if execution.state == "pending" and _has_ended(api, path, execution):
        _log.info("execution %s has been reported as ended", execution.execution_id)
        return
    body = {
        "state": execution.state,
        "context": CONTEXT,
        "description": execution.description,
    }
    try:
        api.send("POST", f"{path}/statuses/{execution.commit}", body)
    except RefusedError as error:
        if error.status != 422 or "no commit found" not in error.said.lower():
            raise
        _log.warning("commit %s is not in %s; nothing to report to", execution.commit, path)


def _has_ended(api: GitHubApi, path: str, execution: Execution) -> bool:
    """Look for an end that arrived before its beginning: events come in any order."""
    statuses = api.send(
        "GET", f"{path}/commits/{execution.commit}/statuses?per_page=100", accept=(404, 422)
    )
    if statuses.status >= 300:
        return False
    return any(
        status["context"] == CONTEXT
        and status["state"] != "pending"
        and str(status["description"]).endswith(execution.execution_id)
        for status in statuses.body
    )
