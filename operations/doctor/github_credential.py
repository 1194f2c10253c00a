"""The token: whose it is, of which kind, what it may do, and for how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from operations.doctor.github_answers import Answer, ask, read_expiration
from operations.findings import Finding
from operations.github_access import GithubAccess

ABOUT = "token"
PERMISSIONS = (
    "Actions, Administration, Commit statuses, Contents, Pull requests and Workflows: write; "
    "`register` needs Secrets and Variables: write too"
)
_NEEDED = ("repo", "workflow")
_WARNING_DAYS = 14
_KINDS = {
    "github_pat_": "fine-grained personal access token",
    "ghp_": "personal access token (classic)",
    "gho_": "token of an OAuth app, such as the GitHub command line",
    "ghu_": "user token of a GitHub App",
    "ghs_": "installation token of a GitHub App",
}


@dataclass(frozen=True)
class TokenUser:
    """Who a token belongs to.

    Args:
        login: of the user.
        plan: such as `free`; empty when the token may not see it.
        is_classic: whether the token has scopes.
    """

    login: str
    plan: str
    is_classic: bool


def find_user(answer: Answer) -> TokenUser | None:
    """The user of the token, by the answer to `GET /user`; None for a token that is not good."""
    if not answer.is_good:
        return None
    plan = (answer.body.get("plan") or {}).get("name", "")
    return TokenUser(answer.body["login"], plan, "x-oauth-scopes" in answer.headers)


def look_at_token(access: GithubAccess, now: datetime) -> Iterator[Finding]:
    """Ask GitHub who this is, and read what it says about the token."""
    answer = ask(access.client, "/user")
    user = find_user(answer)
    if user is None:
        yield _not_taken(access, answer)
        return
    kind = _kind(access.token)
    yield Finding("ok", ABOUT, f"{access.server_url} is there; the {kind} is {user.login}'s.")
    yield from _other_name(access, answer)
    yield from _expiry(answer, now)
    if user.is_classic:
        yield from _scopes(answer)
        return
    yield Finding(
        "note",
        ABOUT,
        f"GitHub does not tell what a {kind} may do; it needs, for all repositories of the owner, "
        f"{PERMISSIONS}.",
    )


def _kind(token: str) -> str:
    found = [kind for prefix, kind in _KINDS.items() if token.startswith(prefix)]
    return found[0] if found else "token of an unknown kind"


def _not_taken(access: GithubAccess, answer: Answer) -> Finding:
    if answer.status == 401:
        return Finding(
            "fails",
            ABOUT,
            f"{access.server_url} rejected the token because it is wrong, expired or revoked; run "
            "`gh auth login`, or set GH_TOKEN to another one.",
        )
    return Finding(
        "fails",
        ABOUT,
        f"{access.server_url} answered {answer.status} ({answer.message}) to who the token's user "
        "is; correct GITHUB_SERVER_URL, or give the token of a person.",
    )


def _other_name(access: GithubAccess, answer: Answer) -> Iterator[Finding]:
    """A server with two names sends addresses of the one, at which the functions give no token."""
    asked, told = (urlsplit(url) for url in (access.client.requester.base_url, answer.body["url"]))
    if (asked.scheme, asked.netloc) != (told.scheme, told.netloc):
        yield Finding(
            "fails",
            ABOUT,
            f"{access.server_url} sends addresses of {told.netloc}, which would not be asked with "
            "a token of another host; correct GITHUB_SERVER_URL.",
        )


def _expiry(answer: Answer, now: datetime) -> Iterator[Finding]:
    expires = read_expiration(answer.headers)
    if expires is not None and (expires - now).days < _WARNING_DAYS:
        yield Finding(
            "note",
            ABOUT,
            f"The token expires on {expires:%Y-%m-%d}; make one with a later date before projects "
            "are given it.",
        )


def _scopes(answer: Answer) -> Iterator[Finding]:
    held = {scope.strip() for scope in answer.headers["x-oauth-scopes"].split(",")}
    missing = [scope for scope in _NEEDED if scope not in held]
    if missing:
        named = " and ".join(f"`{scope}`" for scope in missing)
        noun = "scope" if len(missing) == 1 else "scopes"
        yield Finding(
            "fails",
            ABOUT,
            f"The token lacks the {noun} {named}; add to it in GitHub's settings, or run `gh auth "
            f"refresh --scopes {','.join(missing)}`.",
        )
    else:
        yield Finding("ok", ABOUT, "The token has the scopes `repo` and `workflow`.")
    if "delete_repo" not in held:
        yield Finding(
            "note",
            ABOUT,
            "The token has not the scope `delete_repo`; a launch that fails with it renames and "
            "archives what it made, and RepositoriesOnDelete=delete is refused.",
        )
