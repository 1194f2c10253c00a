"""REST: the organizations of the caller, and one by its name.

Imitated: https://docs.github.com/en/rest/orgs/orgs (API version 2022-11-28).
"""

from functools import partial

from rehearsal.github.core.errors import ForbiddenError, NotFoundError
from rehearsal.github.http.call import ApiRoute, Call, Reply
from rehearsal.github.shapes import organization_shapes

_SCOPES = frozenset({"read:org", "write:org", "admin:org", "user"})


def list_own(call: Call) -> Reply:
    """Those that the caller is a member of; a classic token needs a scope for that."""
    principal = call.user()
    if not _SCOPES & principal.scopes:
        raise ForbiddenError(
            "You need at least read:org scope or user scope to list your organizations."
        )
    login = principal.account.login.lower()
    found = [
        account
        for account in call.github.access.accounts.values()
        if login in {member.lower() for member in account.members}
    ]
    shape = partial(organization_shapes.simple_organization, call.github)
    return call.paged(sorted(found, key=lambda one: one.id), shape)


def get_organization(call: Call) -> Reply:
    """One organization."""
    account = call.github.access.account(call.path["org"])
    if account.kind != "Organization":
        raise NotFoundError
    caller = call.principal.account.login.lower() if call.principal is not None else ""
    is_member = caller in {member.lower() for member in account.members}
    body = organization_shapes.organization(call.github, account, is_member=is_member)
    return Reply(200, body)


ROUTES = (
    ApiRoute("GET", "/user/orgs", list_own),
    ApiRoute("GET", "/orgs/{org}", get_organization),
)
