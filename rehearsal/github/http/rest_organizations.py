"""REST: the organizations of the caller, one by its name, and what it allows its workflows.

Imitated: https://docs.github.com/en/rest/orgs/orgs, /rest/orgs/members, /rest/actions/permissions,
/rest/actions/oidc and /rest/actions/self-hosted-runners (API version 2022-11-28).
"""

from functools import partial

from rehearsal.github.core.access import owns
from rehearsal.github.core.errors import ConflictError, ForbiddenError, NotFoundError
from rehearsal.github.core.resources import Account
from rehearsal.github.http.call import ApiRoute, Call, Reply
from rehearsal.github.shapes import organization_shapes

ORG = "/orgs/{org}"
_SCOPES = frozenset({"read:org", "write:org", "admin:org", "user"})
_ADMINISTRATION = frozenset({"admin:org"})


def list_own(call: Call) -> Reply:
    """Those that the caller is a member of; a classic token needs a scope for that.

    A fine-grained token tells of none but its own.
    """
    principal = call.user()
    grant = principal.grant
    if not principal.has_scope(*_SCOPES):
        raise ForbiddenError(
            "You need at least read:org scope or user scope to list your organizations."
        )
    login = principal.account.login.lower()
    found = [
        account
        for account in call.github.access.accounts.values()
        if login in {member.lower() for member in account.members}
        and (grant is None or grant.reaches(account.login))
    ]
    shape = partial(organization_shapes.simple_organization, call.github)
    return call.paged(sorted(found, key=lambda one: one.id), shape)


def get_organization(call: Call) -> Reply:
    """One organization."""
    account = _organization(call)
    principal = call.principal
    is_member = principal is not None and call.github.access.administers(principal, account.login)
    body = organization_shapes.organization(call.github, account, is_member=is_member)
    return Reply(200, body)


def get_membership(call: Call) -> Reply:
    """What the caller is in an organization."""
    account, principal = _organization(call, _SCOPES), call.user()
    if principal.account.login.lower() not in {member.lower() for member in account.members}:
        raise NotFoundError
    role = "admin" if owns(principal, account) else "member"
    shape = organization_shapes.membership(call.github, account, principal.account, role)
    return Reply(200, shape)


def get_actions_permissions(call: Call) -> Reply:
    """Which actions workflows may use."""
    account = _organization(call, _ADMINISTRATION)
    allowed = "all" if account.allowed_actions is None else "selected"
    return Reply(200, {"enabled_repositories": "all", "allowed_actions": allowed})


def get_selected_actions(call: Call) -> Reply:
    """The patterns of allowed actions, of an organization that has a list."""
    account = _organization(call, _ADMINISTRATION)
    if account.allowed_actions is None:
        raise ConflictError("Conflict")
    body = {
        "github_owned_allowed": False,
        "verified_allowed": False,
        "patterns_allowed": list(account.allowed_actions),
    }
    return Reply(200, body)


def get_subject_claims(call: Call) -> Reply:
    """What repositories that choose so have in the subjects of their tokens."""
    account = _organization(call, _SCOPES)
    return Reply(200, {"include_claim_keys": list(account.subject_claims)})


def list_runners(call: Call) -> Reply:
    """The one runner that runs everything here."""
    account = _organization(call, _ADMINISTRATION)
    labels = [{"id": n, "name": one} for n, one in enumerate(account.runner_labels, 1)]
    runner = {
        "id": 1,
        "name": "local-runner",
        "os": "linux",
        "status": "online",
        "busy": False,
        "labels": labels,
    }
    return call.paged([runner], lambda one: one, "runners")


def _organization(call: Call, scopes: frozenset[str] = frozenset()) -> Account:
    """The organization in the path, for a caller whose token has one of the scopes."""
    account = call.github.access.account(call.path["org"])
    if account.kind != "Organization":
        raise NotFoundError
    if scopes:
        principal = call.user()
        call.github.access.administers(principal, account.login)
        if not principal.has_scope(*scopes):
            raise ForbiddenError("You must have one of the needed scopes of organizations.")
        if scopes == _ADMINISTRATION and not owns(principal, account):
            raise ForbiddenError("Must have admin rights to Organization.")
    return account


ROUTES = (
    ApiRoute("GET", "/user/orgs", list_own),
    ApiRoute("GET", ORG, get_organization),
    ApiRoute("GET", f"/user/memberships{ORG}", get_membership),
    ApiRoute("GET", f"{ORG}/actions/permissions", get_actions_permissions),
    ApiRoute("GET", f"{ORG}/actions/permissions/selected-actions", get_selected_actions),
    ApiRoute("GET", f"{ORG}/actions/oidc/customization/sub", get_subject_claims),
    ApiRoute("GET", f"{ORG}/actions/runners", list_runners),
)
