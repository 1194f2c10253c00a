"""The two things that cannot be found out: which Studio roles, and which GitHub owner."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from github import Github, GithubException
from github.AuthenticatedUser import AuthenticatedUser
from github.NamedUser import NamedUser

from operations.errors import AnswerMissingError, GitHubRefusedError, NoStudioRoleError
from operations.github_access import describe
from operations.studio_roles import StudioRole, list_studio_roles


@dataclass(frozen=True)
class Choice:
    """One of several answers.

    Args:
        value: what is taken.
        told: how it is shown.
    """

    value: str
    told: str


# Shows a question with its choices, and returns the number of the one that was chosen.
Ask = Callable[[str, Sequence[Choice]], int]


@dataclass(frozen=True)
class StudioAnswer:
    """Who may create projects.

    Args:
        role: ARN of a role; empty if domains are named.
        domains: names of those whose roles all may.
    """

    role: str = ""
    domains: tuple[str, ...] = ()


def choose_roles(sagemaker: Any, ask: Ask | None) -> StudioAnswer:
    """The Studio role or roles that may create projects; asked only if there are several.

    Raises:
        NoStudioRoleError: there is no domain.
        AnswerMissingError: nobody is there to be asked.
    """
    roles = list_studio_roles(sagemaker)
    if not roles:
        raise NoStudioRoleError
    question, answers = "Which Studio role may create projects?", [_of_role(one) for one in roles]
    if ask is None or len(roles) == 1:
        return StudioAnswer(_chosen(question, "--role", answers, ask))
    domains = list(_of_domains(roles))
    number = ask(question, [*answers, *(choice for choice, _ in domains)])
    if number < len(roles):
        return StudioAnswer(roles[number].arn)
    return StudioAnswer(domains=domains[number - len(roles)][1])


def choose_owner(client: Github, ask: Ask | None) -> str:
    """The user or organization that gets the template's repository.

    Raises:
        GitHubRefusedError: the token does not work.
        AnswerMissingError: as above.
    """
    try:
        user = client.get_user()
        owners = [user.login, *_organizations(user)]
    except GithubException as error:
        raise GitHubRefusedError("tell whose token this is", describe(error)) from None
    question = "Which GitHub owner gets the template's repository?"
    return _chosen(question, "--owner", [Choice(owner, owner) for owner in owners], ask)


def _organizations(user: AuthenticatedUser | NamedUser) -> list[str]:
    """Those that the token may list; a classic one without `read:org` may not, and others none."""
    try:
        return [one.login for one in user.get_orgs()]
    except GithubException as error:
        if error.status == HTTPStatus.FORBIDDEN:
            return []
        raise


def _chosen(question: str, option: str, choices: Sequence[Choice], ask: Ask | None) -> str:
    if len(choices) == 1:
        return choices[0].value
    if ask is None:
        raise AnswerMissingError(question, option, [choice.value for choice in choices])
    return choices[ask(question, choices)].value


def _of_domains(roles: Sequence[StudioRole]) -> Iterator[tuple[Choice, tuple[str, ...]]]:
    """All roles of each domain that has several, then those of all domains."""
    names = tuple(dict.fromkeys(name for role in roles for name in role.domains))
    for name in names:
        count = sum(name in role.domains for role in roles)
        if count > 1:
            yield Choice(name, f"all {count} roles of the domain {name}"), (name,)
    if len(names) > 1:
        yield Choice(",".join(names), f"all {len(roles)} roles of {' and '.join(names)}"), names


def _of_role(role: StudioRole) -> Choice:
    return Choice(role.arn, f"{role.arn} ({', '.join(role.used_by)})")
