"""A job takes a role of its stage, in the project's account."""

from pathlib import Path

import pytest

from deploy_endpoint.commands.stage_roles import stage_role
from deploy_endpoint.settings.project_settings import ProjectSettings
from deploy_endpoint.settings.serving_settings import Serverless
from deploy_endpoint.settings.stage import StageSettings

from ..conftest import ACCOUNT, OTHER_ACCOUNT, PROD_ELSEWHERE, run_command

ROLE = f"arn:aws:iam::{ACCOUNT}:role/mlops-p-abcdef123456-deploy-prod"


@pytest.mark.parametrize(
    ("account", "role"),
    [
        (None, ""),
        (ACCOUNT, ""),
        (OTHER_ACCOUNT, ROLE.replace(ACCOUNT, OTHER_ACCOUNT)),
    ],
)
def test_a_stage_in_another_account_has_a_role_there_too(
    project: ProjectSettings, account: str | None, role: str
) -> None:
    serving = Serverless(mode="serverless")
    stage = StageSettings(name="prod", approval="registry", account=account, serving=serving)
    assert stage_role(project, stage) == role


@pytest.mark.usefixtures("repository")
def test_the_command_prints_outputs(capsys: pytest.CaptureFixture[str]) -> None:
    run_command("stage_roles")
    assert capsys.readouterr().out == f"PROJECT_ROLE_ARN={ROLE.replace('prod', 'dev')}\n"


@pytest.mark.usefixtures("repository")
def test_a_stage_that_is_not_listed_keeps_its_role(capsys: pytest.CaptureFixture[str]) -> None:
    run_command("stage_roles", "--stage", "prod")
    assert capsys.readouterr().out == f"PROJECT_ROLE_ARN={ROLE}\n"


@pytest.mark.usefixtures("repository")
def test_what_no_stage_is_called_has_no_role() -> None:
    with pytest.raises(SystemExit) as error:
        run_command("stage_roles", "--stage", "qa")
    assert str(error.value) == ("error: No stage is called 'qa'; give one of: dev, staging, prod.")


def test_refused_settings_are_handed_on_beside_the_role_that_reports_them(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "config" / "stages.yml").write_text("steps: []\n")
    monkeypatch.setenv("GITHUB_OUTPUT", str(repository / "outputs"))
    with pytest.raises(SystemExit, match="steps is not a known setting"):
        run_command("stage_roles")
    assert capsys.readouterr().out == f"PROJECT_ROLE_ARN={ROLE.replace('prod', 'dev')}\n"
    assert (repository / "outputs").read_text().startswith("reason=config/stages.yml: steps is")


def test_the_command_prints_the_role_in_an_account_of_its_own(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (repository / "config" / "stages.yml").open("a") as file:
        file.write(PROD_ELSEWHERE)
    run_command("stage_roles", "--stage", "prod")
    assert capsys.readouterr().out == (
        f"PROJECT_ROLE_ARN={ROLE}\nSTAGE_ROLE_ARN={ROLE.replace(ACCOUNT, OTHER_ACCOUNT)}\n"
    )
