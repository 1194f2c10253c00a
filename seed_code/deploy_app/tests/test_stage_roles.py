"""A job takes a role of its stage, in the project's account."""

from pathlib import Path

import pytest
from conftest import ACCOUNT, OTHER_ACCOUNT
from deploy_endpoint import stage_roles
from deploy_endpoint.project_settings import ProjectSettings
from deploy_endpoint.serving_settings import Serverless
from deploy_endpoint.stage_roles import roles
from deploy_endpoint.stage_settings import StageSettings

ROLE = f"arn:aws:iam::{ACCOUNT}:role/mlops-p-abcdef123456-deploy-prod"


@pytest.mark.parametrize(
    ("account", "stage_role"),
    [
        (None, {}),
        (ACCOUNT, {}),
        (OTHER_ACCOUNT, {"STAGE_ROLE_ARN": ROLE.replace(ACCOUNT, OTHER_ACCOUNT)}),
    ],
)
def test_a_stage_in_another_account_has_a_role_there_too(
    project: ProjectSettings, account: str | None, stage_role: dict[str, str]
) -> None:
    serving = Serverless(mode="serverless")
    stage = StageSettings(name="prod", approval="registry", account=account, serving=serving)
    assert roles(project, stage) == {"PROJECT_ROLE_ARN": ROLE, **stage_role}


@pytest.mark.usefixtures("repository")
def test_the_command_prints_outputs(capsys: pytest.CaptureFixture[str]) -> None:
    stage_roles.main([])
    assert capsys.readouterr().out == f"PROJECT_ROLE_ARN={ROLE.replace('prod', 'dev')}\n"


def test_the_command_refuses_another_account(repository: Path) -> None:
    with (repository / "config" / "stages.yml").open("a") as file:
        file.write(
            "  - name: prod\n"
            f"    account: '{OTHER_ACCOUNT}'\n"
            "    approval: registry\n"
            "    serving: {mode: serverless}\n"
        )
    with pytest.raises(SystemExit, match="makes the roles of a stage only in the project's acc"):
        stage_roles.main(["--stage", "prod"])
