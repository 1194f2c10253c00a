"""What others do to projects while somebody thinks about `fleet update`, or its turn comes late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import REGION, Keys, LocalAws, wait_for
from tests.rehearsed.operations.fleet.company import Company
from tests.rehearsed.operations.typed_command import Told, settings_of, type_here

Update = Callable[[str, Callable[[], None]], Told]


@pytest.fixture(scope="module")
def projects(company: Company) -> Company:
    """Projects of the first version, where there are three."""
    for name in ("same", "newer", "gone"):
        company.launch(name)
    company.publish_second()
    company.publish("3.0", {})
    return company


@pytest.fixture
def update(
    projects: Company, member: Keys, own_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> Update:
    """Brings a project to version 2.0; before it is agreed to, something happens."""
    for name, value in {**settings_of(own_aws, member), "AWS_REGION": REGION}.items():
        monkeypatch.setenv(name, value)

    def type_it(project: str, happens: Callable[[], None]) -> Told:
        def agree(*, yes: bool, **_options: object) -> None:
            if not yes:
                happens()

        monkeypatch.setattr("operations.fleet.update_command.agree", agree)
        return type_here("fleet", "update", "--to", "2.0", "--only", project)

    return type_it


def _bring(project: str, version: str) -> None:
    done = type_here("fleet", "update", "--yes", "--to", version, "--only", project)
    assert done.exit_code == 0, done.error


def _find(company: Company, project: str) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = company.root("servicecatalog").search_provisioned_products(
        AccessLevelFilter={"Key": "Account", "Value": "self"}
    )["ProvisionedProducts"]
    return next((one for one in found if one["Name"].startswith(f"{project}-p-")), None)


def test_what_another_brought_there_is_not_updated_again(projects: Company, update: Update) -> None:
    seen = []

    def another_does_the_same() -> None:
        _bring("same", "2.0")
        seen.append(_find(projects, "same"))

    done = update("same", another_does_the_same)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "updated: same")
    assert [_find(projects, "same")] == seen


def test_what_another_brought_further_stays_there(projects: Company, update: Update) -> None:
    done = update("newer", lambda: _bring("newer", "3.0"))
    assert done.exit_code == 1
    assert "newer was not updated (somebody else changed it since this command looked)" in (
        done.error
    )
    found = _find(projects, "newer")
    assert found is not None
    assert found["ProvisioningArtifactId"] == projects.version_id("3.0")


def test_what_another_deleted_is_told(projects: Company, update: Update) -> None:
    def another_deletes_it() -> None:
        projects.sagemaker().delete_project(ProjectName="gone")
        wait_for(lambda: _find(projects, "gone") is None, what="the end of the project")

    done = update("gone", another_deletes_it)
    assert done.exit_code == 1
    assert "gone was not updated (somebody deleted it since this command looked)" in done.error
