"""What CloudFormation asks for `Custom::GitHubRepository`."""

from typing import Any

from cloudformation_response.properties import PropertyError
from cloudformation_response.response import Outcome, PhysicalId
from github_client.errors import TokenSecretError, TokenSecretGoneError, UnusableTokenError
from project_repository.credential_use import CredentialRefusedError, check_launch, check_update
from project_repository.identity import made_id, parse_id
from project_repository.launcher import LauncherUnknownError
from project_repository.removal import left_behind, remove_repository
from project_repository.replacement import remove_unfilled, replace_repository
from project_repository.repository import create_repository, update_repository
from project_repository.request import RepositoryRequest, parse_repository
from project_repository.session import Session


class RepositoryWork:
    """One request for a repository."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._event = session.event

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

        check_launch(self._session, request)
        api = self._session.github(request.token_secret_arn)
        return Outcome(create_repository(api, request, made))

    def _update(self, request: RepositoryRequest, physical_id: PhysicalId) -> Outcome:
        previous = parse_repository(self._event["OldResourceProperties"])
        identity = parse_id(physical_id.value)
        check_update(self._session, request, previous, identity)
        if identity is None or identity.full_name.lower() != request.full_name.lower():
            return self._replace(request, physical_id)
        api = self._session.github(request.token_secret_arn)
        attributes = update_repository(api, request, previous, identity)
        renamed = previous.full_name.lower() != request.full_name.lower()
        if renamed and not request.uses_stored:  # by which nothing was made
            # A replacement failed and is taken back; CloudFormation never knew what it made.
            remove_unfilled(api, previous)
        return Outcome(attributes)

    def _replace(self, request: RepositoryRequest, physical_id: PhysicalId) -> Outcome:
        """Answer with a new physical id, upon which CloudFormation deletes the old one later."""
        new_id = PhysicalId(physical_id.value)

        def made(repository: dict[str, Any]) -> None:
            new_id.value = made_id(request, repository)

        api = self._session.github(request.token_secret_arn)
        attributes = replace_repository(api, request, made, self._session.is_rolling_back)
        physical_id.value = new_id.value
        return Outcome(attributes)

    def _delete(self, physical_id: PhysicalId) -> Outcome:
        try:
            request = parse_repository(self._event["ResourceProperties"])
        except PropertyError:
            if parse_id(physical_id.value):
                raise
            return Outcome(reason="Nothing had been made.")
        try:
            if parse_id(physical_id.value) is None:  # the marker of anybody's choice would decide
                check_launch(self._session, request)
            api = self._session.github(request.token_secret_arn)
        except (CredentialRefusedError, TokenSecretGoneError, UnusableTokenError) as error:
            return Outcome(reason=left_behind(request, error))
        except (LauncherUnknownError, TokenSecretError) as error:
            if error.is_passing or parse_id(physical_id.value):
                raise
            return Outcome(reason=left_behind(request, error))
        failed = self._session.is_rolling_back()
        return Outcome(
            reason=remove_repository(api, request, physical_id.value, operation_failed=failed)
        )
