"""Lambda entry: `Custom::GitHubRepository` and `Custom::GitHubRepositoryContent`."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudformation_response.properties import PropertyError
from cloudformation_response.response import RESERVE_SECONDS, Outcome, PhysicalId, respond
from github_client.errors import GitHubError, TokenSecretError
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox, process_toolbox
from project_repository.identity import made_id, parse_id, unmade_id
from project_repository.removal import left_behind, remove_repository
from project_repository.repository import create_repository, update_repository
from project_repository.request import (
    ContentRequest,
    RepositoryRequest,
    parse_configuration,
    parse_content,
    parse_repository,
)
from project_repository.seed_bundle import SeedError, read_seed
from project_repository.seed_repository import (
    ContentTargetError,
    seed_repository,
    write_configuration,
)

_EXPECTED = (GitHubError, PropertyError, SeedError, ContentTargetError)


def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer one request of CloudFormation."""
    handle_request(event, context, process_toolbox())


def handle_request(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> None:
    """Answer one request of CloudFormation with these tools."""
    deadline = tools.deadline(context, reserve_seconds=RESERVE_SECONDS)
    properties = event.get("ResourceProperties", {})
    work: Callable[[PhysicalId], Outcome]
    if event.get("ResourceType") == "Custom::GitHubRepository":
        first_id = unmade_id(properties)
        work = _RepositoryWork(event, tools, deadline).do
    elif event.get("ResourceType") == "Custom::GitHubRepositoryContent":
        first_id = _content_id(properties)
        work = _ContentWork(event, tools, deadline).do
    else:
        first_id = "unknown"
        work = _refuse_type
    respond(
        event,
        context,
        work,
        first_id=first_id,
        expected=_EXPECTED,
        http=tools.http,
        deadline=deadline,
    )


class _RepositoryWork:
    """One request for a repository."""

    def __init__(self, event: Mapping[str, Any], tools: Toolbox, deadline: Deadline) -> None:
        self._event = event
        self._tools = tools
        self._deadline = deadline

    def do(self, physical_id: PhysicalId) -> Outcome:
        """Create, update or delete."""
        if self._event["RequestType"] == "Delete":
            return self._delete(physical_id)
        request = parse_repository(self._event["ResourceProperties"])
        if self._event["RequestType"] == "Update":
            return self._update(request, physical_id)
        return self._create(request, physical_id)

    def _create(self, request: RepositoryRequest, physical_id: PhysicalId) -> Outcome:
        def made(repository: dict[str, Any]) -> None:
            physical_id.value = made_id(request, repository)

        api = self._tools.github(request.token_secret_arn, self._deadline)
        return Outcome(create_repository(api, request, made))

    def _update(self, request: RepositoryRequest, physical_id: PhysicalId) -> Outcome:
        previous = parse_repository(self._event["OldResourceProperties"])
        identity = parse_id(physical_id.value)
        if identity is None or request.full_name.lower() != previous.full_name.lower():
            # A new physical id is a replacement: CloudFormation then deletes the old one.
            return self._create(request, physical_id)
        api = self._tools.github(request.token_secret_arn, self._deadline)
        return Outcome(update_repository(api, request, previous, identity))

    def _delete(self, physical_id: PhysicalId) -> Outcome:
        try:
            request = parse_repository(self._event["ResourceProperties"])
        except PropertyError:
            if parse_id(physical_id.value):
                raise
            return Outcome(reason="Nothing had been made.")
        try:
            api = self._tools.github(request.token_secret_arn, self._deadline)
        except TokenSecretError as error:
            return Outcome(reason=left_behind(request, error))
        failed = _is_rolling_back(self._tools, self._event["StackId"])
        return Outcome(
            reason=remove_repository(api, request, physical_id.value, launch_failed=failed)
        )


class _ContentWork:
    """One request for a repository's content."""

    def __init__(self, event: Mapping[str, Any], tools: Toolbox, deadline: Deadline) -> None:
        self._event = event
        self._tools = tools
        self._deadline = deadline

    def do(self, physical_id: PhysicalId) -> Outcome:
        """Create or update; a deletion leaves content to its repository."""
        if self._event["RequestType"] == "Delete":
            return Outcome(reason="The content stays with its repository.")
        request = parse_content(self._event["ResourceProperties"])
        new_id = _content_id(self._event["ResourceProperties"])
        if self._event["RequestType"] == "Update" and new_id == physical_id.value:
            return self._update(request)
        physical_id.value = new_id
        return self._create(request)

    def _create(self, request: ContentRequest) -> Outcome:
        files = read_seed(self._tools.aws("s3"), request.seed_bucket, request.seed_key)
        api = self._tools.github(request.token_secret_arn, self._deadline)
        return Outcome(reason=seed_repository(api, request, files))

    def _update(self, request: ContentRequest) -> Outcome:
        previous = parse_configuration(self._event["OldResourceProperties"])
        if request.configuration == previous:
            return Outcome(reason="The configuration is unchanged.")
        api = self._tools.github(request.token_secret_arn, self._deadline)
        return Outcome(reason=write_configuration(api, request, previous))


def _content_id(properties: Mapping[str, Any]) -> str:
    return f"github-content:{properties.get('RepositoryId')}"


def _refuse_type(_: PhysicalId) -> Outcome:
    raise PropertyError(
        "ResourceType", "must be Custom::GitHubRepository or Custom::GitHubRepositoryContent"
    )


def _is_rolling_back(tools: Toolbox, stack_id: str) -> bool:
    """Tell whether the launch failed; when that cannot be known the project's choice holds."""
    try:
        stacks = tools.aws("cloudformation").describe_stacks(StackName=stack_id)["Stacks"]
    except (ClientError, BotoCoreError):
        return False
    return any(stack["StackStatus"].startswith("ROLLBACK_") for stack in stacks)
