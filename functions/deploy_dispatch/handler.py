"""Lambda entry: events about model versions, deployments to stages, and pipeline executions.

What fails is raised, so that Lambda tries again and then hands the event to the queue. What is no
business of ours (a foreign group, an edit of metadata, an execution without a commit) succeeds.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from deploy_dispatch.claims import Claims
from deploy_dispatch.deployment import Deployment
from deploy_dispatch.failure_reason import failure_reason
from deploy_dispatch.ledger import Ledger
from deploy_dispatch.look import Look
from deploy_dispatch.order import Order
from deploy_dispatch.project import Project, find_project
from deploy_dispatch.promotion import Promotion
from deploy_dispatch.registry import Registry
from deploy_dispatch.registry_change import parse_change
from deploy_dispatch.report_execution import Execution, parse_execution, report_execution
from deploy_dispatch.stage_report import REPORT_EVENT, parse_report
from github_client.connection import connect
from github_client.read_timeout import read_timeout_seconds
from invocation.aws_errors import error_code, is_passing
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox, process_toolbox

REGISTRY_EVENT = "SageMaker Model Package State Change"
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
    if kind == REGISTRY_EVENT:
        done = _on_change(event, context, tools)
    elif kind == REPORT_EVENT:
        done = _on_report(event, context, tools)
    elif kind == EXECUTION_EVENT:
        done = _on_execution(event["detail"], context, tools)
    else:
        raise UnknownEventError(kind)
    _log.info("event %s: %s", event.get("id"), done)
    return done


def _on_change(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    change = parse_change(event["detail"])
    if change is None:
        return "ignored: it does not change what is to be deployed"
    promotion = _promotion(event, change.group, context, tools)
    return promotion.follow_change(change) if promotion else _foreign(change.group)


def _on_report(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    report = parse_report(event)
    promotion = _promotion(event, report.group, context, tools)
    return promotion.follow_report(report) if promotion else _foreign(report.group)


def _promotion(
    event: dict[str, Any], group: str, context: LambdaContext, tools: Toolbox
) -> Promotion | None:
    """The stages of the project that a group belongs to; None if it is none of this template."""
    project = _find(tools, group)
    if project is None:
        return None
    deadline = tools.deadline(context, reserve_seconds=_RESERVE_SECONDS)
    registry = Registry(tools.aws("sagemaker"), deadline)
    ledger = Ledger(tools.aws("dynamodb"), tools.environment["APPROVAL_TABLE"])
    return Promotion(
        registry=registry,
        ledger=ledger,
        look=Look(registry, ledger, tools.environment["AWS_LAMBDA_FUNCTION_NAME"]),
        group=group,
        workflow=project.deploy_workflow,
        deployment=_deployments(str(event["id"]), project, deadline, tools),
    )


def _deployments(
    event_id: str, project: Project, deadline: Deadline, tools: Toolbox
) -> Callable[[Order, Callable[[], bool]], Deployment]:
    claims = Claims(tools.aws("dynamodb"), tools.environment["APPROVAL_TABLE"])
    return lambda order, is_wanted: Deployment(
        order=order,
        is_wanted=is_wanted,
        event_id=event_id,
        project=project,
        claims=claims,
        connect=lambda: connect(tools, project.token_secret_arn, deadline),
        deadline=deadline,
        read_timeout_seconds=read_timeout_seconds(tools.environment),
    )


def _foreign(name: str) -> str:
    return f"ignored: {name} belongs to no project of this template"


def _on_execution(detail: dict[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    execution = parse_execution(detail)
    if execution is None:
        return "ignored: no commit started this execution, or its status is passing"
    project = _find(tools, execution.pipeline) or _find_by_true_name(tools, execution)
    if project is None:
        return _foreign(execution.pipeline)
    if execution.status == "Failed":
        reason = failure_reason(tools.aws("sagemaker"), execution.arn)
        execution = replace(execution, reason=reason)
    deadline = tools.deadline(context, reserve_seconds=_RESERVE_SECONDS)
    report_execution(connect(tools, project.token_secret_arn, deadline), project, execution)
    return f"reported {execution.execution_id} as {execution.state} on {execution.commit}"


def _find(tools: Toolbox, name: str) -> Project | None:
    return find_project(tools.aws("ssm"), tools.environment["PROJECT_PARAMETER_PREFIX"], name)


def _find_by_true_name(tools: Toolbox, execution: Execution) -> Project | None:
    """Look again with the name as it was given: ARNs of pipelines may be in lower case."""
    try:
        described = tools.aws("sagemaker").describe_pipeline(PipelineName=execution.pipeline_arn)
    except ClientError as error:
        if is_passing(error):
            raise
        _log.info("%s: %s", execution.pipeline_arn, error_code(error))
        return None
    name = str(described["PipelineName"])
    return None if name == execution.pipeline else _find(tools, name)
