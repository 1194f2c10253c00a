"""Lambda entry: `Custom::GitHubRepository` and `Custom::GitHubRepositoryContent`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cloudformation_response.properties import PropertyError
from cloudformation_response.response import RESERVE_SECONDS, Outcome, PhysicalId, respond
from github_client.errors import GitHubError, OutOfTimeError
from invocation.deadline import LambdaContext
from invocation.toolbox import Toolbox, process_toolbox
from project_repository.content_target import ContentTargetError
from project_repository.content_work import ContentWork, content_id
from project_repository.hand_over import HandOver
from project_repository.identity import unmade_id
from project_repository.repository_work import RepositoryWork
from project_repository.seed_bundle import SeedError
from project_repository.session import Session, StackUnknownError

_EXPECTED = (GitHubError, PropertyError, SeedError, ContentTargetError, StackUnknownError)


def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer one request of CloudFormation."""
    handle_request(event, context, process_toolbox())


def handle_request(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> None:
    """Answer one request of CloudFormation with these tools, or leave it to the next invocation."""
    deadline = tools.deadline(context, reserve_seconds=RESERVE_SECONDS)
    hand_over = HandOver.read(event, deadline)
    # Whoever comes later than this finds that CloudFormation has given up and is deleting.
    deadline = replace(deadline, ends_at=min(deadline.ends_at, hand_over.give_up_at))
    session = Session(event, tools, deadline)
    first_id, work = _choose(event, session)

    def work_in_time(physical_id: PhysicalId) -> Outcome:
        try:
            hand_over.wait(deadline)
            return session.with_warning(work(physical_id))
        except OutOfTimeError as error:
            hand_over.pass_on(event, context, tools, error)
            raise

    respond(
        event,
        context,
        work_in_time,
        first_id=first_id,
        expected=_EXPECTED,
        http=tools.http,
        deadline=deadline,
    )


def _choose(event: dict[str, Any], session: Session) -> tuple[str, Callable[[PhysicalId], Outcome]]:
    properties = event.get("ResourceProperties", {})
    if event.get("ResourceType") == "Custom::GitHubRepository":
        return unmade_id(properties), RepositoryWork(session).do
    if event.get("ResourceType") == "Custom::GitHubRepositoryContent":
        return content_id(properties), ContentWork(session).do
    return "unknown", _refuse_type


def _refuse_type(_: PhysicalId) -> Outcome:
    raise PropertyError(
        "ResourceType", "must be Custom::GitHubRepository or Custom::GitHubRepositoryContent"
    )
