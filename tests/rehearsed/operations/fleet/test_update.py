"""`fleet update` as it is typed: one first, then the rest, and no further after a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws
from tests.rehearsed.operations.fleet.company import Company
from tests.rehearsed.operations.fleet.conftest import Type

NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def projects(company: Company) -> Company:
    for name in NAMES:
        company.begin(name, Owner=f"owner{name}", Token="secret")
    for name in NAMES:
        company.settled_project(name)
    company.publish_second()
    return company


def _versions(type_fleet: Type) -> dict[str, Any]:
    told = json.loads(type_fleet("--json").stdout)["projects"]
    return {one["name"]: one["version"] for one in told}


def test_a_dry_run_shows_what_would_change_and_changes_nothing(
    projects: Company, member: tuple[str | None, ...], type_fleet: Type
) -> None:
    done = type_fleet("update", "--dry-run", keys=member)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "a: from 1.0 to 2.0"
    assert "  new parameter Added, with its default" in lines
    assert "  add AWS::SQS::Queue Second" in lines
    assert set(_versions(type_fleet).values()) == {"1.0"}


def test_whoever_has_no_way_to_the_product_is_told_so_and_the_rest_is_not_begun(
    projects: Company, own_aws: LocalAws, type_fleet: Type
) -> None:
    done = type_fleet("update", "--yes", "--only", "b", "--only", "c")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("failed: b (ResourceNotFoundException")
    assert "must be among the principals of the portfolio" in done.stderr
    assert "not begun: c." in done.stderr
    assert set(_versions(type_fleet).values()) == {"1.0"}


def test_nobody_who_could_agree_means_that_nothing_is_done(
    projects: Company, member: tuple[str | None, ...], type_fleet: Type
) -> None:
    done = type_fleet("update", keys=member)
    assert (done.returncode, done.stderr.splitlines()) == (
        1,
        ["Nothing was done; start it at a terminal, or with --yes."],
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--to", "9.9"), "The template offers no version 9.9"),
        (("--only", "nobody"), "There is no project nobody of this template here"),
    ],
)
def test_what_there_is_not_is_named(
    projects: Company, type_fleet: Type, words: tuple[str, ...], sentence: str
) -> None:
    done = type_fleet("update", "--yes", *words)
    assert done.returncode == 1
    assert sentence in done.stderr


def test_all_are_brought_on_with_their_parameters(
    projects: Company, member: tuple[str | None, ...], type_fleet: Type
) -> None:
    done = type_fleet("update", "--yes", "--only", "a", keys=member)
    assert done.returncode == 0, done.stderr
    assert _versions(type_fleet) == {"a": "2.0", "b": "1.0", "c": "1.0"}
    done = type_fleet("update", "--yes", keys=member)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("updated")] == [
        "updated: b",
        "updated: c",
    ]
    assert set(_versions(type_fleet).values()) == {"2.0"}
    assert _owners(projects) == {name: f"owner{name}" for name in NAMES}
    again = type_fleet("update", "--yes", keys=member)
    assert again.stdout == "There is nothing to do: every project has that version.\n"


def _owners(company: Company) -> dict[str, str]:
    stacks = company.root("cloudformation").describe_stacks()["Stacks"]
    values = [
        {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
        for stack in stacks
    ]
    return {
        one["SageMakerProjectName"]: one["Owner"]
        for one in values
        if one.get("SageMakerProjectName")
    }


def test_an_update_that_fails_is_the_last_one(
    projects: Company, member: tuple[str | None, ...], type_fleet: Type
) -> None:
    """After the others, since a project whose update failed stays so until the next one."""
    broken = {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "none", "TargetKeyId": "k"}}
    projects.publish("3.0", {"Bad": broken})
    done = type_fleet("update", "--yes", "--to", "3.0", "--json", keys=member)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert [(one["name"], one["outcome"]) for one in told] == [
        ("a", "failed"),
        ("b", "left"),
        ("c", "left"),
    ]
    assert "a was not updated (Bad: " in done.stderr
    assert "not begun: b, c." in done.stderr
    seen = json.loads(type_fleet("--json").stdout)["projects"]
    assert [one["version"] for one in seen] == ["2.0", "2.0", "2.0"]
    assert seen[0]["attention"][0].startswith("its last update failed: Bad: ")
