"""Lambda entry: `Custom::GitHubRepository` and `Custom::GitHubRepositoryContent`."""

from collections.abc import Callable
from typing import Any

from cloudformation_response.properties import PropertyError
from cloudformation_response.response import Outcome, PhysicalId, respond
from github_client.errors import GitHubError
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox, process_toolbox
from project_repository.content_target import ContentTargetError
from project_repository.content_work import ContentWork, content_id
from project_repository.endurance import Endurance
from project_repository.identity import unmade_id
from project_repository.repository_work import RepositoryWork
from project_repository.seed.bundle import SeedError
from project_repository.session import Session, StackUnknownError

_EXPECTED = (GitHubError, PropertyError, SeedError, ContentTargetError, StackUnknownError)
_Work = Callable[[Session, PhysicalId], Outcome]


def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer one request of CloudFormation."""
    handle_request(event, context, process_toolbox())


def handle_request(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> None:
    """Answer one request of CloudFormation with these tools, or leave it to the next invocation."""
    endurance = Endurance(event, context, tools)
    first_id, do = _choose(event)

    def work(physical_id: PhysicalId) -> Outcome:
        known_id = physical_id.value

        def attempt(deadline: Deadline) -> Outcome:
            # By it a replacement is told from an update; an earlier attempt may have changed it.
            physical_id.value = known_id
            session = Session(event, tools, deadline)
            return session.with_warning(do(session, physical_id))

        return endurance.outlast(attempt)

    respond(
        event,
        context,
        work,
        first_id=first_id,
        expected=_EXPECTED,
        http=tools.http,
        deadline=endurance.deadline,
    )


def _choose(event: dict[str, Any]) -> tuple[str, _Work]:
    properties = event.get("ResourceProperties", {})
    if event.get("ResourceType") == "Custom::GitHubRepository":
        return unmade_id(properties), lambda session, id_: RepositoryWork(session).do(id_)
    if event.get("ResourceType") == "Custom::GitHubRepositoryContent":
        return content_id(properties), lambda session, id_: ContentWork(session).do(id_)
    return "unknown", _refuse_type


def _refuse_type(_session: Session, _id: PhysicalId) -> Outcome:
    raise PropertyError(
        "ResourceType", "must be Custom::GitHubRepository or Custom::GitHubRepositoryContent"
    )
