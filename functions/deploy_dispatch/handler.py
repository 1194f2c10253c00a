"""Lambda entry: events about model versions, deployments to stages, and pipeline executions.

What fails is raised, so that Lambda tries again and then hands the event to the queue. What is no
business of ours (a foreign group, an edit of metadata, an execution without a commit) succeeds.
"""

import functools
import json
import logging
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from deploy_dispatch.announcements import Announcer
from deploy_dispatch.failure_reason import failure_reason
from deploy_dispatch.ledger import Ledger
from deploy_dispatch.look import Look
from deploy_dispatch.notices import Notices
from deploy_dispatch.project import Project, find_project
from deploy_dispatch.project_stages import read_stages
from deploy_dispatch.reconcile import Reconciler
from deploy_dispatch.registry import Registry
from deploy_dispatch.registry_change import parse_change
from deploy_dispatch.report_execution import Execution, parse_execution, report_execution
from deploy_dispatch.run_ends import RunEnds
from deploy_dispatch.stage_report import REPORT_EVENT, parse_report
from deploy_dispatch.start_run import Starter
from deploy_dispatch.withdrawal import Withdrawal
from github_client.api import GitHubApi
from github_client.connection import connect
from github_client.read_timeout import read_timeout_seconds
from invocation.aws_errors import error_code, is_passing
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox, process_toolbox

REGISTRY_EVENT = "SageMaker Model Package State Change"
SCHEDULE_EVENT = "Scheduled Event"
LOOK_EVENT = "Project Look"
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
    elif kind == SCHEDULE_EVENT:
        done = _on_schedule(tools)
    elif kind == LOOK_EVENT:
        done = _on_look(event, context, tools)
    elif kind == EXECUTION_EVENT:
        done = _on_execution(event["detail"], context, tools)
    else:
        raise UnknownEventError(kind)
    _log.info("event %s: %s", event.get("id"), done)
    return done


@dataclass(frozen=True)
class _Hands:
    """What one event about a project has to work with, beside its own content."""

    event_id: str
    group: str
    project: Project
    deadline: Deadline
    tools: Toolbox

    @property
    def ledger(self) -> Ledger:
        """The table."""
        return _ledger(self.tools)

    @property
    def look(self) -> Look:
        """At the versions of the project."""
        function = self.tools.environment["AWS_LAMBDA_FUNCTION_NAME"]
        registry = Registry(self.tools.aws("sagemaker"), self.deadline, function)
        return Look(registry, self.ledger, self.group)

    def reconciler(self) -> Reconciler:
        """Connect to GitHub; the project's stages are read there when they are asked for."""
        tools, look = self.tools, self.look
        api = connect(tools, self.project.token_secret_arn, self.deadline)
        return Reconciler(
            group=self.group,
            list_stages=functools.cache(lambda: read_stages(api, self.project)),
            look=look,
            ledger=look.ledger,
            run_ends=RunEnds(api, self.project, tools.clock()),
            starter=Starter(
                self.event_id,
                self.group,
                self.project,
                look.ledger,
                api,
                self.deadline,
                read_timeout_seconds(tools.environment),
            ),
            withdrawal=Withdrawal(api, self.project, self.deadline),
            announcer=Announcer(self.group, look, self._notices(api)),
        )

    def _notices(self, api: GitHubApi) -> Notices:
        tools = self.tools
        return Notices(
            tools.aws("sns"),
            tools.aws("cloudwatch"),
            tools.environment.get("NOTICE_TOPIC_ARN", ""),
            tools.environment["METRIC_NAMESPACE"],
            api,
            self.project,
        )


def _ledger(tools: Toolbox) -> Ledger:
    return Ledger(tools.aws("dynamodb"), tools.environment["APPROVAL_TABLE"])


def _hands(
    event: dict[str, Any], group: str, context: LambdaContext, tools: Toolbox
) -> _Hands | None:
    """What is needed for the project that a group belongs to; None if it is none of ours."""
    project = _find(tools, group)
    if project is None:
        return None
    deadline = tools.deadline(context, reserve_seconds=_RESERVE_SECONDS)
    return _Hands(str(event["id"]), group, project, deadline, tools)


def _on_change(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    change = parse_change(event["detail"])
    if change is None:
        return "ignored: it does not change what is to be deployed"
    hands = _hands(event, change.group, context, tools)
    if hands is None:
        return _foreign(change.group)
    # Who decided is written down before GitHub is asked for anything, which may be away.
    seen = hands.look.around(change)
    if not seen.is_touched_by(change):
        return f"{change.model_package_arn} is not approved"
    return "; ".join(hands.reconciler().settle(seen, change)) or "ignored: all is as it should be"


def _on_report(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    report = parse_report(event)
    hands = _hands(event, report.group, context, tools)
    if hands is None:
        return _foreign(report.group)
    return "; ".join(hands.reconciler().follow(report))


def _on_schedule(tools: Toolbox) -> str:
    """Have each project where something is under way looked at in an invocation of its own."""
    function = tools.environment["AWS_LAMBDA_FUNCTION_NAME"]
    busy = _ledger(tools).busy()
    for group in busy:
        look = {
            "id": f"look-{group}-{tools.clock():.0f}",
            "detail-type": LOOK_EVENT,
            "detail": {"modelPackageGroupName": group},
        }
        tools.aws("lambda").invoke(
            FunctionName=function, InvocationType="Event", Payload=json.dumps(look).encode()
        )
    return f"has {len(busy)} projects looked at"


def _on_look(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    group = str(event["detail"]["modelPackageGroupName"])
    hands = _hands(event, group, context, tools)
    if hands is None:
        _ledger(tools).mark_at_rest(group)
        return _foreign(group)
    reconciler = hands.reconciler()
    done = [*reconciler.take_in_silent_ends(), *reconciler.settle(hands.look.around())]
    return "; ".join(done) or f"{group} is as it should be"


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
