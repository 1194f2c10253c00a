"""User profiles of a domain: a person, and what this person has otherwise than the others.

Imitated: SageMaker API reference, CreateUserProfile, DeleteUserProfile, DescribeUserProfile,
ListUserProfiles. What a profile does not set is not shown with it: it is what the domain sets. A
profile that is deleted is gone at once: nobody has applications or spaces here.
"""

from __future__ import annotations

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import ResourceInUseError, ResourceNotFoundError
from rehearsal.aws.sagemaker.paging import Listing
from rehearsal.aws.sagemaker.studio.domains import DomainOperations
from rehearsal.aws.sagemaker.tags import set_tags
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers

_LISTING = Listing(name="UserProfileName", order="Ascending")


class UserProfileOperations:
    """CreateUserProfile, DeleteUserProfile, DescribeUserProfile, ListUserProfiles."""

    def __init__(self, context: AccountContext, domains: DomainOperations) -> None:
        self._context = context
        self._store = context.store
        self._domains = domains

    @answers("CreateUserProfile")
    def create_user_profile(self, request: Record, caller: RequestContext) -> Record:
        """Make a profile; whoever does must be allowed to pass the role that it sets."""
        domain, name = self._domains.find(request["DomainId"])["DomainId"], request[_LISTING.name]
        role = request.get("UserSettings", {}).get("ExecutionRole")
        if role:
            self._context.access.check_role(caller.access_key_id, role)
        key = f"{domain}/{name}"
        arn, now = self._context.settings.arn("user-profile", key), self._context.clock()
        given = {member: value for member, value in request.items() if member != "Tags"}
        own = {"UserProfileArn": arn, "Status": "InService"}
        with self._store.lock:
            if key in self._store.user_profiles:
                raise ResourceInUseError(f"User profile {name} exists in the domain {domain}.")
            set_tags(self._store, arn, request.get("Tags"))
            times = {"CreationTime": now, "LastModifiedTime": now}
            self._store.user_profiles[key] = {**given, **own, **times}
        return own

    @answers("DescribeUserProfile")
    def describe_user_profile(self, request: Record, _caller: RequestContext) -> Record:
        """A profile with its own settings."""
        return self._find(request)[1]

    @answers("DeleteUserProfile")
    def delete_user_profile(self, request: Record, _caller: RequestContext) -> Record:
        """Take a profile away."""
        with self._store.lock:
            del self._store.user_profiles[self._find(request)[0]]
        return {}

    @answers("ListUserProfiles")
    def list_user_profiles(self, request: Record, _caller: RequestContext) -> Record:
        """Profiles of all domains or of one, the oldest first."""
        wanted = request.get("DomainIdEquals")
        name = {"NameContains": request.get("UserProfileNameContains", "")}
        found = [
            record
            for record in self._store.all(self._store.user_profiles)
            if wanted in (None, record["DomainId"])
        ]
        page, more = _LISTING.page(found, {**request, **name})
        return {"UserProfiles": page, **more}

    def _find(self, request: Record) -> tuple[str, Record]:
        domain, name = request["DomainId"], request[_LISTING.name]
        key = f"{domain}/{name}"
        if key not in self._store.user_profiles:
            raise ResourceNotFoundError(f"User profile [{name}] does not exist in [{domain}].")
        return key, self._store.user_profiles[key]
