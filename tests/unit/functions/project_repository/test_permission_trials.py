"""Which permissions are tried, in which order, and what counts as a lack."""

from typing import Any

import pytest

from github_client.errors import MissingPermissionError
from project_repository.permission_trials import try_permissions
from tests.unit.functions.project_repository.scripted_api import ScriptedApi

PATH = "/repos/acme/rings"
NO = {"message": "Resource not accessible by personal access token"}
NOTHING: list[tuple[int, Any]] = [(409, None), (404, None), (422, None), (422, None)]
TITLES = ("Contents", "Actions", "Commit statuses", "Pull requests")


def _try(*script: tuple[int, Any], scopes: Any = None) -> ScriptedApi:
    api = ScriptedApi(*script)
    api.scopes = scopes
    told: Any = api
    try_permissions(told, PATH)
    assert api.script == []
    return api


def test_each_request_names_what_is_not_there() -> None:
    asked = _try(*NOTHING).asked
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
        _try(*NOTHING[:at], (403, NO))


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_another_refusal_is_left_to_the_work_itself(status: int) -> None:
    assert len(_try(*[(status, {"message": "Repository rule"})] * 4).asked) == 4
