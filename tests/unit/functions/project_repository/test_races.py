"""Somebody pushes whenever the functions do, and the branch is not where it was."""

from typing import Any

import pytest

from git_client.errors import BranchMovedError
from github_client.errors import RefusedError
from project_repository.content_target import BranchGoneError, ForeignContentError
from project_repository.request import ContentRequest
from project_repository.seed.bundle import SeedFile
from project_repository.seed.repository import seed_repository
from project_repository.upgrade_offer import offer_upgrade
from project_repository.write_configuration import write_configuration
from tests.unit.functions.project_repository.fake_target import FakeTarget

FILES = [SeedFile("README.md", b"# Rings\n", False), SeedFile("run.sh", b"#!/bin/sh\n", True)]
REQUEST = ContentRequest("octo/rings", "7", "arn:secret", "seeds", "1.zip", {"A": "1"}, {})
SEEDED = "Seed the repository\n\nSageMaker-Project-Seed: 1.zip\n"


def _write(target: FakeTarget) -> str:
    told: Any = target
    return write_configuration(told, {"A": "2"}, {"A": "1"})


def _offer(target: FakeTarget, version: str = "2.zip") -> str:
    told: Any = target
    return offer_upgrade(told, version, FILES)


def _seed(target: FakeTarget) -> str:
    told: Any = target
    return seed_repository(told, REQUEST, FILES)


def _seeded(*, moves: int = 0, **more: Any) -> FakeTarget:
    target = FakeTarget(moves=moves, **more)
    for branch in ("main", "template"):
        target.put(branch, {"README.md": "# Rings\n", "project.env": "A=1\nMINE=1\n"}, SEEDED)
    return target


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_a_configuration_is_written_on_what_others_pushed(moves: int) -> None:
    target = _seeded(moves=moves)
    assert _write(target) == "The configuration in octo/rings is updated."
    assert len(target.pushes) == moves + 1
    assert target.text("main", "project.env") == "A=2\nMINE=1\n"
    assert target.text("main", "README.md") == "# Rings\n"
    assert target.message("main") == "Update project.env from the SageMaker project\n"
    assert target.signature("main") == (
        "author octo <1001+octo@users.noreply.github.test> 1800000000 +0000"
    )


def test_a_configuration_that_others_keep_from_being_written_is_given_up() -> None:
    target = _seeded(moves=3)
    with pytest.raises(BranchMovedError, match="The branch main of octo/rings moved each time"):
        _write(target)
    assert len(target.pushes) == 3


def test_a_configuration_that_says_it_already_is_not_written() -> None:
    target = _seeded()
    target.put("main", {"project.env": "A=2\nMINE=1\n"})
    assert _write(target) == "The configuration in octo/rings is up to date."
    assert target.pushes == []


def test_a_configuration_is_written_where_there_was_none() -> None:
    target = _seeded()
    target.put("main", {"README.md": "mine\n"})
    _write(target)
    assert target.text("main", "project.env") == "A=2\n"


def test_a_configuration_without_a_branch_is_told() -> None:
    with pytest.raises(BranchGoneError, match="octo/rings has no branch main"):
        _write(FakeTarget())


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_a_new_version_is_offered_on_where_the_template_is_by_then(moves: int) -> None:
    target = _seeded(moves=moves)
    assert _offer(target) == (
        "The new seed code is offered as https://github.test/octo/rings/pull/9."
    )
    assert [list(push) for push in target.pushes[:-1]] == [["template"]] * (moves + 1)
    head = target.heads["template"]
    branch = f"template-{head[:8]}"
    assert target.pushes[-1] == {branch: head}
    assert target.message("template") == (
        "Update the seed code from the SageMaker project template\n\n"
        "SageMaker-Project-Seed: 2.zip\n"
    )
    assert target.text("template", "project.env") == "A=1\nMINE=1\n"
    assert target.signature("template").endswith(" 1800000000 +0000")
    (method, path, wish) = target.sent[-1]
    assert (method, path) == ("POST", "/repos/octo/rings/pulls")
    assert (wish["head"], wish["base"]) == (branch, "main")
    assert wish["title"] == "Update the seed code from the SageMaker project template"
    assert "merging it keeps your changes" in wish["body"]


def test_a_new_version_that_others_keep_from_being_written_is_given_up() -> None:
    target = _seeded(moves=3)
    with pytest.raises(BranchMovedError, match="The branch template of octo/rings moved"):
        _offer(target)
    assert len(target.pushes) == 3


def test_offers_are_asked_for_by_base_and_head() -> None:
    target = _seeded()
    target.default_branch = "trunk & more"
    _offer(target)
    branch = f"template-{target.heads['template'][:8]}"
    commit = target.heads["template"]
    assert [path for method, path, _ in target.sent if method == "GET"] == [
        f"/compare/trunk%20%26%20more...{commit}",
        "/pulls?base=trunk+%26+more&state=open&per_page=100",
        f"/pulls?base=trunk+%26+more&state=all&head=octo%3A{branch}",
    ]


@pytest.mark.parametrize("compared", [{"ahead_by": 0, "files": []}, {"ahead_by": 1, "files": []}])
def test_a_version_that_changes_nothing_is_not_offered(compared: dict[str, Any]) -> None:
    target = _seeded()
    target.compared = compared
    assert _offer(target) == (
        "The repository octo/rings holds this version of the seed code already."
    )


def _pull(number: int, head: str, repository: Any = None, state: str = "open") -> dict[str, Any]:
    return {
        "number": number,
        "state": state,
        "html_url": f"https://github.test/octo/rings/pull/{number}",
        "head": {"ref": head, "repo": {"id": 7} if repository is None else repository},
    }


def test_only_our_own_older_offers_are_closed() -> None:
    target = _seeded()
    target.put("template", {"README.md": "# Rings\n"}, SEEDED.replace("1.zip", "2.zip"))
    branch = f"template-{target.heads['template'][:8]}"
    target.pulls = [
        _pull(1, "template-00000000"),
        _pull(2, "mine"),
        _pull(3, "template-11111111", {"id": 8}),
        _pull(4, "template-22222222", {}),
        _pull(5, branch),
    ]
    target.pulls[3]["head"]["repo"] = None
    said = _offer(target)
    assert [sent for sent in target.sent if sent[0] == "PATCH"] == [
        ("PATCH", "/repos/octo/rings/pulls/1", {"state": "closed"})
    ]
    assert said.startswith("The new seed code was offered before as https://github.test/")
    assert target.pushes == []


def test_an_offer_that_somebody_opened_meanwhile_is_told() -> None:
    there = RefusedError("POST", "/pulls", 422, "A pull request already exists for octo:x.")
    assert _offer(_seeded(refusal=there)) == (
        "The new seed code is offered to octo/rings as a pull request."
    )


@pytest.mark.parametrize("refusal", [(422, "it is bad"), (403, "it already exists")])
def test_an_offer_that_is_refused_fails(refusal: tuple[int, str]) -> None:
    with pytest.raises(RefusedError):
        _offer(_seeded(refusal=RefusedError("POST", "/pulls", *refusal)))


def test_a_template_that_is_gone_or_not_pristine_is_told() -> None:
    assert _offer(FakeTarget()) == (
        "The new seed code is not offered to octo/rings, because its branch template is gone; "
        "restore that branch to be offered the next version."
    )
    target = _seeded()
    target.put("template", {"README.md": "mine\n"}, "Mine")
    assert _offer(target) == (
        "The new seed code is not offered to octo/rings, because somebody pushed to its branch "
        "template; move that branch back to the template's last commit to be offered the next "
        "version."
    )
    assert target.pushes == []


def test_a_repository_is_seeded_once_on_both_branches() -> None:
    target = FakeTarget()
    assert _seed(target) == "The repository octo/rings is seeded with 3 files."
    assert target.heads["main"] == target.heads["template"]
    assert len(target.pushes) == 1
    assert _seed(target) == "The repository octo/rings was seeded before."
    assert len(target.pushes) == 1


@pytest.mark.parametrize("branch", ["main", "template"])
def test_a_seed_that_was_pushed_by_half_is_finished(branch: str) -> None:
    target = FakeTarget()
    _seed(target)
    seed = target.heads.pop(branch)
    assert _seed(target) == "The repository octo/rings is seeded with 3 files."
    assert target.pushes[-1] == {branch: seed}


@pytest.mark.parametrize("branch", ["main", "template"])
def test_a_repository_that_somebody_else_filled_is_left_alone(branch: str) -> None:
    target = FakeTarget()
    target.put(branch, {"mine": "x"})
    with pytest.raises(ForeignContentError, match=f"octo/rings has commits on {branch} that"):
        _seed(target)
    assert target.pushes == []


def test_a_repository_that_somebody_fills_at_that_moment_is_left_alone() -> None:
    with pytest.raises(ForeignContentError, match="octo/rings has commits on main that"):
        _seed(FakeTarget(moves=1))


def test_another_default_branch_is_changed_once() -> None:
    target = FakeTarget()
    target.default_branch = "trunk"
    _seed(target)
    assert target.sent == [
        ("GET", "", None),
        ("PATCH", "/repos/octo/rings", {"default_branch": "main"}),
    ]
