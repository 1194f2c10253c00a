"""`project.env` decides; the environment completes it."""

from pathlib import Path

import pytest
from deploy_endpoint.errors import SettingsError
from deploy_endpoint.project_settings import ProjectSettings, load_project


def test_names_follow_the_project(project: ProjectSettings) -> None:
    assert project.endpoint_name("dev") == "Abalone-dev"
    assert project.stack_name("dev") == "mlops-p-abcdef123456-dev"


def test_a_region_of_the_shell_does_not_move_the_project(repository: Path) -> None:
    project = load_project(repository / "project.env", {"AWS_REGION": "us-east-1"})
    assert project.aws_region == "eu-west-1"


def test_the_environment_supplies_what_the_file_lacks(repository: Path) -> None:
    file = repository / "project.env"
    file.write_text(file.read_text().replace("PROJECT_NAME=Abalone\n", "# no name\n\n"))
    assert load_project(file, {"PROJECT_NAME": "Other"}).project_name == "Other"


def test_a_missing_setting_is_named(repository: Path) -> None:
    file = repository / "project.env"
    file.write_text(file.read_text().replace("AWS_ACCOUNT=111122223333\n", ""))
    with pytest.raises(SettingsError) as refusal:
        load_project(file, {})
    assert str(refusal.value) == (
        "project.env: AWS_ACCOUNT is missing; give the account number, 12 digits."
    )


def test_a_malformed_setting_is_shown(repository: Path) -> None:
    file = repository / "project.env"
    file.write_text(file.read_text().replace("=p-abcdef123456\n", "=abc\n"))
    with pytest.raises(SettingsError, match=r"^project\.env: PROJECT_ID is 'abc'; give .+\.$"):
        load_project(file, {})


def test_a_line_without_a_value_is_refused(repository: Path) -> None:
    file = repository / "project.env"
    file.write_text("AWS_ACCOUNT\n")
    with pytest.raises(SettingsError, match="line 1 is 'AWS_ACCOUNT'; write it as KEY=value"):
        load_project(file, {})
