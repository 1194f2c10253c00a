"""Lambda entry: SageMaker's events about model versions and pipeline executions.

What fails is raised, so that Lambda tries again and then hands the event to the queue. What is no
business of ours (a foreign group, an edit of metadata, an execution without a commit) succeeds.
"""

import logging
from typing import Any

from botocore.exceptions import ClientError

from deploy_dispatch.approval import is_approved, parse_approval
from deploy_dispatch.claims import Claims
from deploy_dispatch.deployment import Deployment
from deploy_dispatch.project import Project, find_project
from deploy_dispatch.report_execution import Execution, parse_execution, report_execution
from invocation.deadline import LambdaContext
from invocation.toolbox import Toolbox, process_toolbox

APPROVAL_EVENT = "SageMaker Model Package State Change"
EXECUTION_EVENT = "SageMaker Model Building Pipeline Execution Status Change"
_RESERVE_SECONDS = 2.0

_log = logging.getLogger(__name__)


class UnknownEventError(Exception):
    """A rule sends what this function does not know."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"This function does not know events of type {kind!r}; correct the rule that sends "
            "them."
        )


def handle(event: dict[str, Any], context: LambdaContext) -> str:
    """Act on one event and say what was done."""
    return handle_event(event, context, process_toolbox())


def handle_event(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    """Act on one event with these tools and say what was done."""
    kind = str(event.get("detail-type"))
    if kind == APPROVAL_EVENT:
        done = _on_approval(event, context, tools)
    elif kind == EXECUTION_EVENT:
        done = _on_execution(event["detail"], context, tools)
    else:
        raise UnknownEventError(kind)
    _log.info("event %s: %s", event.get("id"), done)
    return done


def _on_approval(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    approval = parse_approval(event["detail"])
    if approval is None:
        return "ignored: it does not change whether a version is approved"
    project = _find(tools, approval.group)
    if project is None:
        return f"ignored: {approval.group} belongs to no project of this template"
    deadline = tools.deadline(context, reserve_seconds=_RESERVE_SECONDS)
    deployment = Deployment(
        event=approval,
        event_id=str(event["id"]),
        project=project,
        claims=Claims(tools.aws("dynamodb"), tools.environment["APPROVAL_TABLE"]),
        is_approved=lambda: is_approved(tools.aws("sagemaker"), approval.model_package_arn),
        connect=lambda: tools.github(project.token_secret_arn, deadline),
        deadline=deadline,
    )
    return deployment.settle()


def _on_execution(detail: dict[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    execution = parse_execution(detail)
    if execution is None:
        return "ignored: no commit started this execution, or its status is passing"
    project = _find(tools, execution.pipeline) or _find_by_true_name(tools, execution)
    if project is None:
        return f"ignored: {execution.pipeline} belongs to no project of this template"
    deadline = tools.deadline(context, reserve_seconds=_RESERVE_SECONDS)
    report_execution(tools.github(project.token_secret_arn, deadline), project, execution)
    return f"reported {execution.execution_id} as {execution.state} on {execution.commit}"


def _find(tools: Toolbox, name: str) -> Project | None:
    return find_project(tools.aws("ssm"), tools.environment["PROJECT_PARAMETER_PREFIX"], name)


def _find_by_true_name(tools: Toolbox, execution: Execution) -> Project | None:
    """Look again with the name as it was given: ARNs of pipelines may be in lower case."""
    try:
        described = tools.aws("sagemaker").describe_pipeline(PipelineName=execution.pipeline_arn)
    except ClientError as error:
        _log.info("%s: %s", execution.pipeline_arn, error.response.get("Error", {}).get("Code"))
        return None
    name = str(described["PipelineName"])
    return None if name == execution.pipeline else _find(tools, name)
