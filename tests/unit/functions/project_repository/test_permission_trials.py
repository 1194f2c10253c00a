"""Which permissions are tried, in which order, and what counts as a lack."""

from typing import Any, cast

import pytest

from github_client.errors import MissingPermissionError, RepositoryOutOfReachError
from project_repository.permission_trials import try_permissions
from tests.unit.functions.project_repository.scripted_api import ScriptedApi

NAME, PATH = "acme/rings", "/repos/acme/rings"
THERE: tuple[int, Any] = (200, {})
NO = {"message": "Resource not accessible by personal access token"}
NOTHING: list[tuple[int, Any]] = [(409, None), (404, None), (422, None), (422, None)]
TITLES = ("Contents", "Actions", "Commit statuses", "Pull requests")


def _try(*script: tuple[int, Any], scopes: Any = None) -> ScriptedApi:
    api: Any = ScriptedApi(*script)
    api.scopes = scopes
    try_permissions(api, NAME)
    assert api.script == []
    return cast("ScriptedApi", api)


def test_each_request_names_what_is_not_there() -> None:
    asked = _try(THERE, *NOTHING).asked[1:]
    assert [(method, path.removeprefix(PATH)) for method, path, _ in asked] == [
        ("POST", "/git/refs"),
        ("POST", "/actions/workflows/permission-trial.yml/dispatches"),
        ("POST", f"/statuses/{'0' * 40}"),
        ("POST", "/pulls"),
    ]
    assert asked[0][2]["sha"] == "0" * 40
    assert {asked[3][2][end] for end in ("head", "base")} == {"permission-trial"}


def test_a_token_with_scopes_is_not_tried() -> None:
    assert _try(scopes=frozenset({"repo"})).asked == []


@pytest.mark.parametrize("at", range(4))
def test_the_first_lack_ends_it(at: int) -> None:
    named = rf"^The token lacks the permission {TITLES[at]}: write"
    with pytest.raises(MissingPermissionError, match=named):
        _try(THERE, *NOTHING[:at], (403, NO))


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_another_refusal_is_left_to_the_work_itself(status: int) -> None:
    assert len(_try(THERE, *[(status, {"message": "Repository rule"})] * 4).asked) == 5


def test_a_repository_that_is_hidden_is_waited_for_and_then_out_of_reach() -> None:
    told: Any = ScriptedApi((404, None))
    told.scopes = None
    with pytest.raises(RepositoryOutOfReachError, match="does not reach the repository"):
        try_permissions(told, NAME)
    assert told.awaited == [(404,)]
