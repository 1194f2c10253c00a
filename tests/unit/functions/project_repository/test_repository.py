"""What is asked of GitHub for a repository, in order, and what roles are told of it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from cloudformation_response.response import MAX_BODY_BYTES
from github_client.api import NOT_READY
from github_client.errors import (
    ArchivedRepositoryError,
    MissingScopeError,
    OrganizationPermissionError,
    OtherUserError,
    OwnerNotFoundError,
    RefusedError,
    RepositoryExistsError,
    RepositoryGoneError,
    RepositoryNotOursError,
)
from project_repository.identity import RepositoryIdentity
from project_repository.replacement import NameUsedBeforeError, replace_repository
from project_repository.repository import create_repository, update_repository
from project_repository.request import RepositoryRequest
from tests.unit.functions.project_repository.scripted_api import ScriptedApi

SETTINGS = {"has_wiki": False, "has_projects": False, "delete_branch_on_merge": True}
DESCRIPTION = "Rings [sagemaker-project p-abcdefghijkl]"
USER = {"login": "octo", "id": 1001, "type": "User"}
MADE: dict[str, Any] = {
    "id": 7,
    "full_name": "octo/rings",
    "name": "rings",
    "owner": USER,
    "description": DESCRIPTION,
    "html_url": "https://github.test/octo/rings",
    "archived": False,
    "private": True,
    **SETTINGS,
}
REQUEST = RepositoryRequest(
    "octo", "rings", "Rings", "arn:secret", "p-abcdefghijkl", "archive", (), ()
)
PATH = "/repos/octo/rings"
SUB = f"{PATH}/actions/oidc/customization/sub"
LAUNCH = ("repo", "workflow")
ATTRIBUTES = {
    "RepositoryId": "7",
    "OwnerId": "1001",
    "FullName": "octo/rings",
    "OwnerKind": "User",
    "SubClaimPrefix": "repo:octo/rings",
    "DefaultBranch": "main",
    "HtmlUrl": "https://github.test/octo/rings",
    "Environments": "",
}
FREE, NO_PREFIX = (404, None), (404, None)
GET, POST, PATCH, PUT = "GET", "POST", "PATCH", "PUT"


def _create(
    *script: Any, request: RepositoryRequest = REQUEST, scopes: Any = LAUNCH
) -> tuple[dict[str, str], ScriptedApi, list[Any]]:
    api: Any = ScriptedApi(*script, scopes=scopes)
    told: list[Any] = []
    attributes = create_repository(api, request, lambda made: told.append(made["id"]))
    assert api.script == []
    return attributes, api, told


def _wish(name: str = "rings") -> dict[str, Any]:
    made = {"name": name, "description": DESCRIPTION, "private": True, "auto_init": False}
    return made | SETTINGS


def test_a_repository_of_a_user_is_made() -> None:
    attributes, api, told = _create((200, USER), FREE, (201, MADE), NO_PREFIX)
    assert attributes == ATTRIBUTES
    assert told == [7]
    assert api.asked == [
        (GET, "/user", None),
        (GET, PATH, None),
        (POST, "/user/repos", _wish()),
        (GET, SUB, None),
    ]
    assert api.awaited[-1] == NOT_READY


ACME = {"login": "acme", "id": 2001, "type": "Organization"}
IN_ACME = MADE | {"full_name": "acme/rings", "owner": ACME}
OF_ACME = replace(REQUEST, owner="acme")


def test_a_repository_of_an_organization_is_made() -> None:
    script = ((200, USER), (200, ACME), FREE, (201, IN_ACME), (200, {"sub_claim_prefix": "x:1"}))
    attributes, api, _ = _create(*script, request=OF_ACME)
    assert attributes == ATTRIBUTES | {
        "OwnerId": "2001",
        "FullName": "acme/rings",
        "OwnerKind": "Organization",
        "SubClaimPrefix": "x:1",
    }
    assert api.asked[1] == (GET, "/users/acme", None)
    assert api.asked[3] == (POST, "/orgs/acme/repos", _wish())


def test_whose_name_is_written_otherwise_is_the_same_user() -> None:
    _, api, _ = _create(
        (200, USER), FREE, (201, MADE), NO_PREFIX, request=replace(REQUEST, owner="OCTO")
    )
    assert api.asked[2][1] == "/user/repos"


@pytest.mark.parametrize(
    ("script", "error", "said"),
    [
        (((404, None),), OwnerNotFoundError, "GitHub has no user or organization acme"),
        (((200, USER),), OtherUserError, "belongs to octo and cannot create repositories for the"),
        (((500, None),), RefusedError, "500"),
        (
            ((200, ACME), FREE, (403, None)),
            OrganizationPermissionError,
            r"octo may not create private repositories in the organization acme \(GitHub said: no",
        ),
        (((200, ACME), FREE, (404, None)), OrganizationPermissionError, "octo may not create"),
        (((200, ACME), FREE, (422, None)), RefusedError, "POST /orgs/acme/repos with 422"),
    ],
)
def test_an_owner_that_cannot_have_it_is_told(
    script: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        _create((200, USER), *script, request=OF_ACME)


def test_a_refusal_to_a_user_is_githubs_own() -> None:
    with pytest.raises(RefusedError, match="POST /user/repos with 403"):
        _create((200, USER), FREE, (403, None))


@pytest.mark.parametrize(
    ("on_delete", "scopes", "missing"),
    [
        ("archive", ("repo",), "`workflow`"),
        ("keep", ("workflow",), "`repo`"),
        ("delete", LAUNCH, "`delete_repo`"),
    ],
)
def test_a_token_that_lacks_a_scope_is_told_before_anything_is_made(
    on_delete: str, scopes: Any, missing: str
) -> None:
    with pytest.raises(MissingScopeError, match=f"lacks the {missing} scope"):
        _create((200, USER), request=replace(REQUEST, on_delete=on_delete), scopes=scopes)


def test_a_token_that_has_all_scopes_is_enough() -> None:
    request = replace(REQUEST, on_delete="delete")
    script = ((200, USER), FREE, (201, MADE), NO_PREFIX)
    assert _create(*script, request=request, scopes=(*LAUNCH, "delete_repo"))[0] == ATTRIBUTES


def test_what_an_earlier_try_made_is_settled_and_used() -> None:
    wrong = MADE | {"archived": True, "has_wiki": True}
    attributes, api, told = _create((200, USER), (200, wrong), (200, MADE), NO_PREFIX)
    assert (attributes, told) == (ATTRIBUTES, [7])
    assert api.asked[2] == (PATCH, PATH, {"archived": False, "has_wiki": False})
    assert api.awaited[2] == NOT_READY
    public = MADE | {"private": False}
    assert _create((200, USER), (200, public), (200, MADE), NO_PREFIX)[1].asked[2][2] == {
        "private": True
    }


@pytest.mark.parametrize(
    ("there", "error"),
    [
        (MADE | {"description": "mine"}, RepositoryExistsError),
        (MADE | {"description": None, "full_name": "Octo/Rings"}, RepositoryExistsError),
        (MADE | {"description": "mine", "archived": True}, ArchivedRepositoryError),
    ],
)
def test_a_name_that_is_taken_is_told(there: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        _create((200, USER), (200, there))


def test_a_name_that_leads_to_a_renamed_repository_is_free() -> None:
    moved = MADE | {"full_name": "octo/other", "description": "mine"}
    assert _create((200, USER), (200, moved), (201, MADE), NO_PREFIX)[0] == ATTRIBUTES


TAKEN = RefusedError(POST, "/user/repos", 422, "name already exists on this account")


def test_what_was_made_although_its_answer_was_lost_is_found() -> None:
    attributes, api, _ = _create((200, USER), FREE, TAKEN, (200, MADE), NO_PREFIX)
    assert attributes == ATTRIBUTES
    assert api.awaited[3] == NOT_READY


@pytest.mark.parametrize(
    ("there", "error"),
    [
        ((404, None), RepositoryExistsError),
        ((200, MADE | {"description": "mine"}), RepositoryExistsError),
        ((200, MADE | {"description": "x", "archived": True}), ArchivedRepositoryError),
    ],
)
def test_whoever_was_faster_is_told(there: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        _create((200, USER), FREE, TAKEN, there)


STAGED = replace(REQUEST, environments=("dev", "prod"), reviewed_environments=("prod",))
ENVIRONMENTS = f"{PATH}/environments"
REVIEW = {"protection_rules": [{"type": "required_reviewers"}]}


def test_environments_are_made_and_a_reviewer_is_asked() -> None:
    script = ((200, {"environments": []}), (200, {}), (200, REVIEW), NO_PREFIX)
    attributes, api, _ = _create((200, USER), FREE, (201, MADE), *script, request=STAGED)
    assert api.asked[3:6] == [
        (GET, f"{ENVIRONMENTS}?per_page=100&page=1", None),
        (PUT, f"{ENVIRONMENTS}/dev", {}),
        (PUT, f"{ENVIRONMENTS}/prod", {"reviewers": [{"type": "User", "id": 1001}]}),
    ]
    assert api.awaited[3:6] == [(404,), (404,), (404,)]
    assert attributes["Environments"] == "dev,prod"
    assert attributes["SubClaim.dev"] == "repo:octo/rings:environment:dev"
    assert attributes["ApprovalGate"] == "environment"
    assert attributes["ApprovalGateNote"].startswith("**Approvals happen in GitHub.**")


@pytest.mark.parametrize("status", [403, 404])
def test_without_environments_roles_trust_the_default_branch(status: int) -> None:
    script = ((status, None), NO_PREFIX)
    attributes, _, _ = _create((200, USER), FREE, (201, MADE), *script, request=STAGED)
    assert attributes["Environments"] == ""
    assert attributes["SubClaim.dev"] == "repo:octo/rings:ref:refs/heads/main"
    assert attributes["ApprovalGate"] == "registry"


@pytest.mark.parametrize(
    ("refusals", "asked", "exist"),
    [
        (((422, None), (200, {})), [{"reviewers": [{"type": "User", "id": 1001}]}, {}], "dev,prod"),
        (((404, None),), [{"reviewers": [{"type": "User", "id": 1001}]}], "dev"),
    ],
)
def test_where_the_plan_has_no_reviewers_the_registry_is_the_gate(
    refusals: Any, asked: Any, exist: str
) -> None:
    script = ((200, {"environments": []}), (200, {}), *refusals, NO_PREFIX)
    attributes, api, _ = _create((200, USER), FREE, (201, MADE), *script, request=STAGED)
    assert [body for method, _, body in api.asked if method == PUT][1:] == asked
    assert (attributes["Environments"], attributes["ApprovalGate"]) == (exist, "registry")


@pytest.mark.parametrize(
    ("places", "subjects"),
    [
        (("dev", "", "prod"), {"StageClaim.1": "dev", "StageClaim.3": "prod"}),
        # A template from before asks by name.
        ((), {"SubClaim.dev": "dev", "SubClaim.prod": "prod"}),
    ],
)
def test_the_subject_of_a_stage_is_told_by_its_place(
    places: tuple[str, ...], subjects: dict[str, str]
) -> None:
    script = ((200, {"environments": []}), (200, {}), (200, REVIEW), NO_PREFIX)
    request = replace(STAGED, places=places)
    attributes, _, _ = _create((200, USER), FREE, (201, MADE), *script, request=request)
    told = {key: value for key, value in attributes.items() if "Claim." in key}
    assert told == {key: f"repo:octo/rings:environment:{name}" for key, name in subjects.items()}


def test_of_one_stage_nobody_is_asked() -> None:
    request = replace(STAGED, environments=("qa",), reviewed_environments=(), places=("qa",))
    script = ((200, {"environments": []}), (200, {}), NO_PREFIX)
    attributes, _, _ = _create((200, USER), FREE, (201, MADE), *script, request=request)
    assert attributes["ApprovalGate"] == "registry"
    assert attributes["ApprovalGateNote"].startswith("**The project has one stage**")


def test_the_attributes_of_six_long_stages_fit_into_an_answer() -> None:
    names = tuple(letter * 20 for letter in "abcdef")
    full_name = f"{'o' * 39}/{'r' * 39}"
    made = MADE | {"full_name": full_name, "html_url": f"https://{'g' * 60}/{full_name}"}
    request = replace(STAGED, environments=names, reviewed_environments=names[1:], places=names)
    listed = {"environments": [{"name": name, **REVIEW} for name in names]}
    prefix = {"sub_claim_prefix": f"repo:{'o' * 39}@{'1' * 12}/{'r' * 39}@{'2' * 12}"}
    script = ((200, listed), (200, prefix))
    attributes, _, _ = _create((200, USER), FREE, (201, made), *script, request=request)
    assert len([key for key in attributes if key.startswith("StageClaim.")]) == len(names)
    assert len(json.dumps(attributes)) < MAX_BODY_BYTES - 800  # ids, and a reason


def test_rules_that_people_set_stay() -> None:
    people = {"environments": [{"name": "PROD", "protection_rules": [{"type": "wait_timer"}]}]}
    script = ((200, people), (200, {}), NO_PREFIX)
    attributes, api, _ = _create((200, USER), FREE, (201, MADE), *script, request=STAGED)
    assert [path for method, path, _ in api.asked if method == PUT] == [f"{ENVIRONMENTS}/dev"]
    assert (attributes["Environments"], attributes["ApprovalGate"]) == ("dev,prod", "registry")


def test_all_pages_of_environments_are_looked_through() -> None:
    page = {"environments": [{"name": f"e{number}"} for number in range(100)]}
    last = {"environments": [{"name": "dev"}, {"name": "prod", **REVIEW}]}
    request = replace(STAGED, environments=("prod",))
    script = ((200, page), (200, last), NO_PREFIX)
    attributes, api, _ = _create((200, USER), FREE, (201, MADE), *script, request=request)
    assert api.asked[4][1] == f"{ENVIRONMENTS}?per_page=100&page=2"
    assert attributes["ApprovalGate"] == "environment"


IDENTITY = RepositoryIdentity("octo/rings", "7")


def _update(*script: Any, request: RepositoryRequest, scopes: Any = LAUNCH) -> Any:
    api: Any = ScriptedApi(*script, scopes=scopes)
    attributes = update_repository(api, request, REQUEST, IDENTITY)
    assert api.script == []
    return attributes, api


def test_an_update_writes_what_changed_and_nothing_else() -> None:
    assert _update((200, MADE), NO_PREFIX, request=REQUEST)[1].asked == [
        (GET, PATH, None),
        (GET, SUB, None),
    ]
    renamed = MADE | {"full_name": "octo/new"}
    changed = replace(REQUEST, description="Fish")
    attributes, api = _update((200, renamed), (200, renamed), NO_PREFIX, request=changed)
    described = {"description": "Fish [sagemaker-project p-abcdefghijkl]"}
    assert api.asked[1] == (PATCH, "/repos/octo/new", described)
    assert api.awaited[:2] == [NOT_READY, NOT_READY]
    assert attributes["FullName"] == "octo/new"


def test_an_update_makes_new_environments_with_the_tokens_own_user_as_reviewer() -> None:
    script = ((200, {"environments": []}), (200, {}), (200, USER), (200, REVIEW), NO_PREFIX)
    attributes, api = _update((200, MADE), *script, request=STAGED)
    assert api.asked[3] == (GET, "/user", None)
    assert api.asked[4][2] == {"reviewers": [{"type": "User", "id": 1001}]}
    assert attributes["Environments"] == "dev,prod"


@pytest.mark.parametrize(
    ("there", "scopes", "error"),
    [
        ((404, None), LAUNCH, RepositoryGoneError),
        ((404, None), (), MissingScopeError),
        ((200, MADE | {"id": 8}), LAUNCH, RepositoryNotOursError),
    ],
)
def test_an_update_of_what_is_not_there_is_told(
    there: Any, scopes: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        _update(there, request=REQUEST, scopes=scopes)


def _replace(*script: Any, is_rolling_back: bool = False) -> tuple[Any, ScriptedApi]:
    api: Any = ScriptedApi(*script, scopes=(*LAUNCH, "delete_repo"))
    attributes = replace_repository(api, REQUEST, lambda _: None, lambda: is_rolling_back)
    assert api.script == []
    return attributes, api


def test_a_replacement_is_made_where_the_name_is_free_or_its_repository_empty() -> None:
    assert _replace(FREE, (200, USER), FREE, (201, MADE), NO_PREFIX)[0] == ATTRIBUTES
    script = ((200, MADE), (200, []), (200, USER), (200, MADE), NO_PREFIX)
    assert _replace(*script)[1].asked[1] == (GET, f"{PATH}/branches", None)


def test_a_name_that_the_project_used_before_is_told_unless_it_goes_back_to_it() -> None:
    used = ((200, MADE), (200, [{"name": "main"}]))
    with pytest.raises(NameUsedBeforeError):
        _replace(*used)
    again = ((200, USER), (200, MADE), NO_PREFIX)
    assert _replace(*used, *again, is_rolling_back=True)[0] == ATTRIBUTES


def test_a_replacement_that_fails_leaves_nothing_new() -> None:
    refusal = RefusedError(POST, "/user/repos", 422, "it is bad")
    empty = ((200, MADE), (200, []), (204, None))
    api: Any = ScriptedApi(
        FREE, (200, USER), FREE, refusal, *empty, scopes=(*LAUNCH, "delete_repo")
    )
    with pytest.raises(RefusedError, match="it is bad"):
        replace_repository(api, REQUEST, lambda _: None, lambda: False)
    assert api.asked[-1] == ("DELETE", PATH, None)


@pytest.mark.parametrize("left", [((404, None),), ((200, MADE), (200, [{"name": "main"}]))])
def test_a_replacement_that_fails_removes_nothing_that_is_filled(left: Any) -> None:
    refusal = RefusedError(POST, "/user/repos", 422, "it is bad")
    api: Any = ScriptedApi(FREE, (200, USER), FREE, refusal, *left, scopes=(*LAUNCH, "delete_repo"))
    with pytest.raises(RefusedError, match="it is bad"):
        replace_repository(api, REQUEST, lambda _: None, lambda: False)
    assert "DELETE" not in {method for method, _, _ in api.asked}
