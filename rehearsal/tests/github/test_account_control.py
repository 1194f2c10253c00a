"""The conductor makes tokens and organizations while the local GitHub runs."""

from typing import Any

import pytest

from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_control import GitHubControl
from rehearsal.tests.github.served_github import CONTROL, ServedGitHub

pytestmark = pytest.mark.tier("test")

TOKEN = "github_pat_made"
GOOD = {"token": TOKEN, "login": "octo", "owner": "acme"}


@pytest.fixture
def control(github: ServedGitHub) -> GitHubControl:
    """The controls of a GitHub that runs."""
    return GitHubControl(github.url, CONTROL)


def test_a_token_and_an_organization_that_were_made_are_there(
    github: ServedGitHub, control: GitHubControl
) -> None:
    control.put_organization(login="newcorp", id=9001, members=["octo"])
    permissions = {"administration": "write"}
    control.add_token(token=TOKEN, login="octo", owner="newcorp", permissions=permissions)
    made = github.rest("POST", "/orgs/newcorp/repos", {"name": "x", "private": True}, token=TOKEN)
    assert made.status == 201
    control.put_organization(
        login="newcorp", id=9001, members=["octo"], approves_fine_grained_tokens=True
    )
    assert github.rest("GET", "/repos/newcorp/x", token=TOKEN, check=False).status == 404
    control.add_token(token="ghp_made", login="octo", scopes=["repo"])
    assert github.rest("GET", "/repos/newcorp/x", token="ghp_made").status == 200


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({**GOOD, "login": "nobody"}, "no such account"),
        ({**GOOD, "owner": "nobody"}, "no such account"),
        (
            {"token": TOKEN, "login": "octo", "owner": "acme", "permissions": {"x": "all"}},
            "permissions.x",
        ),
        ({**GOOD, "token": "plain"}, "github_pat_"),
    ],
)
def test_what_is_no_token_is_refused_with_its_reason(
    control: GitHubControl, wish: dict[str, Any], said: str
) -> None:
    with pytest.raises(RehearsalError, match=said):
        control.add_token(**wish)


def test_what_is_no_organization_is_refused(control: GitHubControl) -> None:
    with pytest.raises(RehearsalError, match="colour"):
        control.put_organization(login="x", id=1, colour="red")
