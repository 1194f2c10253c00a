"""What becomes of a repository when GitHub answers seldom things, and what is said of it."""

from dataclasses import replace
from typing import Any

import pytest

from github_client.errors import RefusedError, UnreachableError
from project_repository.removal import remove_repository
from project_repository.request import RepositoryRequest
from tests.unit.functions.project_repository.scripted_api import ScriptedApi

REQUEST = RepositoryRequest(
    "octo", "rings", "Rings", "arn:secret", "p-abcdefghijkl", "archive", (), ()
)
PATH = "/repos/octo/rings"
THERE = {
    "id": 7,
    "full_name": "octo/rings",
    "name": "rings",
    "archived": False,
    "description": "Rings [sagemaker-project p-abcdefghijkl]",
}
ARCHIVED = THERE | {"archived": True}
ASIDE = "rings-rolled-back-p-abcdefghijkl"
WHY = (
    "because the token or its organization does not allow to delete it; delete it by hand, or add "
    "the `delete_repo` scope, or Administration: write to a fine-grained token."
)
DELETING = ("repo", "delete_repo")


def _remove(
    api: ScriptedApi, on_delete: str = "archive", *, made: bool = True, failed: bool = False
) -> str:
    request = replace(REQUEST, on_delete=on_delete)
    physical_id = "github:octo/rings:7" if made else "github:octo/rings:none"
    told: Any = api
    said = remove_repository(told, request, physical_id, operation_failed=failed)
    assert api.script == []
    return said


def test_a_repository_that_is_to_stay_is_not_even_looked_at() -> None:
    assert _remove(ScriptedApi(), "keep") == (
        "The repository octo/rings stays as it is, as chosen."
    )


def test_a_repository_is_archived() -> None:
    api = ScriptedApi((200, THERE), (200, ARCHIVED))
    assert _remove(api) == "The repository octo/rings is archived."
    assert api.asked == [("GET", PATH, None), ("PATCH", PATH, {"archived": True})]
    api = ScriptedApi((200, ARCHIVED))
    assert _remove(api) == "The repository octo/rings is archived."


def test_an_archiving_that_is_refused_since_it_was_done_is_done() -> None:
    api = ScriptedApi((200, THERE), (403, None), (200, ARCHIVED))
    assert _remove(api) == "The repository octo/rings is archived."


@pytest.mark.parametrize("made", [True, False])
def test_an_archiving_that_is_refused_is_left_to_people(made: bool) -> None:
    api = ScriptedApi((200, THERE), (403, None), (200, THERE))
    assert _remove(api, made=made) == (
        "The repository octo/rings, if it exists, stays as it is and can be archived or deleted "
        "by hand: GitHub refused PATCH /repos/octo/rings with 403 (); correct what it names and "
        "try again."
    ).replace("()", "(no message)")


@pytest.mark.parametrize("status", [403, 404])
def test_what_github_does_not_let_see_is_left_to_people(status: int) -> None:
    said = _remove(ScriptedApi(RefusedError("GET", PATH, status, "no")))
    assert said.startswith("The repository octo/rings, if it exists, stays as it is and can be")
    assert f"GitHub refused GET {PATH} with {status} (no)" in said


def test_another_refusal_fails() -> None:
    with pytest.raises(RefusedError, match="422"):
        _remove(ScriptedApi((200, THERE), (422, None)))


def test_a_repository_that_is_gone_is_told() -> None:
    gone = "There is no repository octo/rings of this project any more."
    assert _remove(ScriptedApi((404, None), scopes=("repo",))) == gone
    assert _remove(ScriptedApi((404, None)), made=False) == gone
    foreign = THERE | {"description": "mine"}
    assert _remove(ScriptedApi((200, foreign)), made=False) == gone


def test_a_repository_of_another_number_is_not_touched() -> None:
    said = _remove(ScriptedApi((200, THERE | {"id": 8})))
    assert said.startswith("The name octo/rings now belongs to repository id 8 and not to this")


def test_a_token_that_cannot_see_private_repositories_is_told() -> None:
    said = _remove(ScriptedApi((404, None)))
    assert "can be archived or deleted by hand: The token lacks the `repo` scope;" in said


def test_a_repository_is_deleted() -> None:
    api = ScriptedApi((200, THERE), (204, None), scopes=DELETING)
    assert _remove(api, "delete") == "The repository octo/rings is deleted."
    assert api.asked[-1] == ("DELETE", PATH, None)


def test_a_deletion_whose_answer_was_lost_is_told_by_a_look() -> None:
    api = ScriptedApi((200, THERE), (404, None), (404, None), scopes=DELETING)
    assert _remove(api, "delete") == "The repository octo/rings is deleted."


def test_a_deletion_that_github_hides_three_times_becomes_an_archiving() -> None:
    hidden = [(404, None), (200, THERE)] * 3
    api = ScriptedApi((200, THERE), *hidden, (200, ARCHIVED), scopes=DELETING)
    assert _remove(api, "delete") == f"The repository octo/rings is archived {WHY}"


@pytest.mark.parametrize("scopes", [("repo",), DELETING])
def test_a_repository_that_may_not_be_deleted_is_archived(scopes: tuple[str, ...]) -> None:
    refused = [(403, None)] if scopes == DELETING else []
    api = ScriptedApi((200, THERE), *refused, (200, ARCHIVED), scopes=scopes)
    assert _remove(api, "delete") == f"The repository octo/rings is archived {WHY}"


def test_what_a_failed_launch_made_is_deleted_whatever_was_chosen() -> None:
    api = ScriptedApi((200, THERE), (204, None), scopes=DELETING)
    assert _remove(api, "keep", failed=True) == "The repository octo/rings is deleted."


def _moved(**more: Any) -> dict[str, Any]:
    return THERE | {"name": ASIDE, "full_name": f"octo/{ASIDE}", **more}


STEPPED_ASIDE = (
    f"The repository is renamed to octo/{ASIDE}, so that octo/rings is free for the next launch, "
    f"and archived {WHY}"
)


def test_what_a_failed_launch_may_not_delete_steps_aside() -> None:
    api = ScriptedApi((200, THERE), (200, _moved()), (200, _moved(archived=True)))
    assert _remove(api, failed=True) == STEPPED_ASIDE
    assert api.asked[1:] == [
        ("PATCH", PATH, {"name": ASIDE}),
        ("PATCH", f"/repos/octo/{ASIDE}", {"archived": True}),
    ]


def test_what_stepped_aside_before_is_only_archived() -> None:
    api = ScriptedApi((200, _moved()), (200, _moved(archived=True)))
    assert _remove(api, failed=True) == STEPPED_ASIDE
    assert _remove(ScriptedApi((200, _moved(archived=True))), failed=True) == STEPPED_ASIDE


def test_what_cannot_step_aside_is_archived_under_its_name() -> None:
    api = ScriptedApi((200, THERE), (422, None), (200, ARCHIVED))
    said = f"The repository octo/rings is archived and keeps its name {WHY}"
    assert _remove(api, failed=True) == said
    assert _remove(ScriptedApi((200, ARCHIVED)), failed=True) == said


LOST = UnreachableError("github.test", "it answered 502")


def test_a_renaming_whose_answer_was_lost_is_told_by_a_look() -> None:
    api = ScriptedApi((200, THERE), LOST, (200, _moved()), (200, _moved(archived=True)))
    assert _remove(api, failed=True) == STEPPED_ASIDE
    api = ScriptedApi((200, THERE), LOST, (200, THERE), (200, _moved()), (200, _moved()))
    assert _remove(api, failed=True) == STEPPED_ASIDE


@pytest.mark.parametrize(
    "script",
    [
        (UnreachableError("github.test", "refused", maybe_applied=False),),
        (LOST, (200, THERE), LOST, (200, THERE), LOST),
    ],
)
def test_a_renaming_that_does_not_get_through_fails(script: tuple[Any, ...]) -> None:
    with pytest.raises(UnreachableError):
        _remove(ScriptedApi((200, THERE), *script), failed=True)


@pytest.mark.parametrize("name", ["r" * 100, "r" * 80, "rings"])
def test_a_name_to_step_aside_to_is_one_that_github_takes(name: str) -> None:
    request = replace(REQUEST, name=name)
    api: Any = ScriptedApi((200, THERE | {"name": name}), (422, None), (200, ARCHIVED))
    remove_repository(api, request, "github:octo/rings:7", operation_failed=True)
    aside = api.asked[1][2]["name"]
    end = "-rolled-back-p-abcdefghijkl"
    assert (aside.endswith(end), name.startswith(aside.removesuffix(end))) == (True, True)
    assert len(aside) == min(100, len(name) + len(end))
