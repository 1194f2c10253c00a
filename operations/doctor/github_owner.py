"""The GitHub owner of projects: there, and open for the token's user to make repositories in."""

from collections.abc import Iterator

from operations.doctor.github_answers import NO_CLASSIC_TOKENS, Answer, ask
from operations.doctor.github_credential import TokenUser
from operations.findings import Finding
from operations.github_access import GithubAccess

ABOUT = "owner"


def is_organization(access: GithubAccess, owner: str) -> bool:
    """Whether an account is there and no person's."""
    answer = ask(access.client, f"/users/{owner}")
    return answer.is_good and answer.body["type"] == "Organization"


def look_at_owner(access: GithubAccess, user: TokenUser, owner: str) -> Iterator[Finding]:
    """Compare the owner with the user of the token."""
    answer = ask(access.client, f"/users/{owner}")
    if not answer.is_good:
        yield Finding(
            "fails",
            ABOUT,
            f"GitHub has no user or organization {owner}; correct --owner.",
        )
        return
    login = answer.body["login"]
    if login != owner:
        yield Finding(
            "fails", ABOUT, f"GitHub writes {owner} as {login}; give it so, also as GithubUserName."
        )
    if answer.body["type"] == "Organization":
        yield from _organization(access, user, login)
    else:
        yield from _person(access, user, login)


def _person(access: GithubAccess, user: TokenUser, login: str) -> Iterator[Finding]:
    if login != user.login:
        yield Finding(
            "fails",
            ABOUT,
            f"The token belongs to {user.login} and cannot create repositories for the user "
            f"{login}; give a token of that user, or name an organization.",
        )
        return
    if access.token.startswith("ghs_"):
        yield Finding(
            "fails",
            ABOUT,
            f"The token of a GitHub App cannot create repositories for the user {login}; name an "
            "organization, or give a personal access token.",
        )
        return
    yield Finding("ok", ABOUT, f"{login} is the token's own user, and may have repositories.")
    yield from _plan(login, user.plan, is_organization=False)


def _organization(access: GithubAccess, user: TokenUser, login: str) -> Iterator[Finding]:
    answer = ask(access.client, f"/orgs/{login}")
    if not answer.is_good:
        yield _closed(answer, login)
        return
    membership = ask(access.client, f"/user/memberships/orgs/{login}")
    yield _may_create(answer, membership, user, login)
    yield from _plan(login, (answer.body.get("plan") or {}).get("name", ""), is_organization=True)


def _closed(answer: Answer, login: str) -> Finding:
    if NO_CLASSIC_TOKENS in answer.message:
        remedy = "give a fine-grained token of it, or let an owner of it allow classic ones"
        sentence = f"The organization {login} {NO_CLASSIC_TOKENS}; {remedy}."
    elif answer.wants_single_sign_on:
        sentence = (
            f"The organization {login} has single sign-on; authorize the token for it under "
            "Settings → Developer settings → Personal access tokens → Configure SSO."
        )
    else:
        sentence = (
            f"GitHub does not show the organization {login} ({answer.status} {answer.message}); "
            "give a token of a member of it."
        )
    return Finding("fails", ABOUT, sentence)


def _may_create(answer: Answer, membership: Answer, user: TokenUser, login: str) -> Finding:
    if membership.status == 404:
        return Finding(
            "fails",
            ABOUT,
            f"{user.login} may not create private repositories in the organization {login}, being "
            "no member; let an owner of it invite that user, or give a member's token.",
        )
    role = membership.body.get("role") if membership.is_good else None
    allowed = answer.body.get("members_can_create_private_repositories")
    if role == "admin" or allowed:
        return Finding("ok", ABOUT, f"{user.login} may create private repositories in {login}.")
    if allowed is False and role is not None:
        return Finding(
            "fails",
            ABOUT,
            f"{user.login} may not create private repositories in the organization {login}; ask an "
            "owner of it to allow that under Settings → Member privileges.",
        )
    lacking = (
        membership.lacking("read:org") if role is None else "the scope admin:org, of an owner,"
    )
    return Finding(
        "note",
        ABOUT,
        f"Whether {user.login} may create private repositories in {login} is not known, because "
        f"{lacking} is missing; ask an owner of it.",
    )


def _plan(login: str, plan: str, *, is_organization: bool) -> Iterator[Finding]:
    if not plan:
        yield Finding(
            "note",
            ABOUT,
            f"The plan of {login} is not known, because the token may not read it (scope "
            f"{'admin:org' if is_organization else 'user'}); environments of private repositories "
            "need a paid one.",
        )
    elif plan == "free":
        yield Finding(
            "note",
            ABOUT,
            f"{login} has GitHub's plan free, where private repositories have no environments; a "
            "stage beside dev needs `approval: registry`, or a paid plan.",
        )
    elif plan != "enterprise":
        yield Finding(
            "note",
            ABOUT,
            f"{login} has GitHub's plan {plan}, where environments of private repositories have no "
            "reviewers; give later stages `approval: registry`.",
        )
