"""What CloudFormation asks for `Custom::GitHubRepositoryContent`."""

from collections.abc import Mapping
from typing import Any

from cloudformation_response.response import Outcome, PhysicalId
from cloudformation_response.stages import named, parse_places
from project_repository.content_target import ContentTarget
from project_repository.request import (
    ContentRequest,
    parse_configuration,
    parse_content,
    parse_notes,
    seed_version,
)
from project_repository.seed.bundle import SeedFile, read_seed
from project_repository.seed.notes import insert_notes
from project_repository.seed.repository import seed_repository
from project_repository.seed.stages import name_stages
from project_repository.session import Session
from project_repository.upgrade_offer import offer_upgrade
from project_repository.write_configuration import write_configuration


def content_id(properties: Mapping[str, Any]) -> str:
    """Return the physical id: content belongs to one repository."""
    return f"github-content:{properties.get('RepositoryId')}"


class ContentWork:
    """One request for a repository's content."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._event = session.event

    def do(self, physical_id: PhysicalId) -> Outcome:
        """Create or update; a deletion leaves content to its repository."""
        if self._event["RequestType"] == "Delete":
            return Outcome(reason="The content stays with its repository.")
        request = parse_content(self._event["ResourceProperties"])
        new_id = content_id(self._event["ResourceProperties"])
        if self._event["RequestType"] == "Update" and new_id == physical_id.value:
            return self._update(request)
        physical_id.value = new_id
        return self._create(request)

    def _create(self, request: ContentRequest) -> Outcome:
        files = self._read_seed(request)
        return Outcome(reason=seed_repository(self._target(request), request, files))

    def _update(self, request: ContentRequest) -> Outcome:
        old = self._event["OldResourceProperties"]
        previous = parse_configuration(old)
        before = seed_version(old.get("SeedKey"), parse_notes(old), named(parse_places(old)))
        has_new_seed = request.seed_version != before
        if request.configuration == previous and not has_new_seed:
            return Outcome(reason="The configuration and the seed code are unchanged.")
        files = self._read_seed(request) if has_new_seed else []
        target = self._target(request)
        done = []
        if request.configuration != previous:
            done.append(write_configuration(target, request.configuration, previous))
        if has_new_seed:
            done.append(offer_upgrade(target, request.seed_version, files))
        return Outcome(reason=" ".join(done))

    def _target(self, request: ContentRequest) -> ContentTarget:
        return ContentTarget.of(self._session.github(request.token_secret_arn), request)

    def _read_seed(self, request: ContentRequest) -> list[SeedFile]:
        bucket, key = request.seed_bucket, request.seed_key
        files = read_seed(self._session.tools.aws("s3"), bucket, key)
        bundle = f"s3://{bucket}/{key}"
        return insert_notes(bundle, name_stages(bundle, files, request.stages), request.notes)
