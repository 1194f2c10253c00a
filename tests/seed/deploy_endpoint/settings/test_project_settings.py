"""`project.env` decides; the environment completes it."""

from pathlib import Path

import pytest

from deploy_endpoint.errors import SettingsError
from deploy_endpoint.settings.project_settings import ProjectSettings, load_project
from deploy_endpoint.settings.serving_settings import Realtime, Serverless
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import load_stages

from ..conftest import ACCOUNT, OTHER_ACCOUNT


def test_names_follow_the_project(project: ProjectSettings) -> None:
    assert project.endpoint_name("dev") == "Abalone-dev"
    assert project.stack_name("dev") == "mlops-p-abcdef123456-dev"


def prod(account: str | None) -> StageSettings:
    return StageSettings(
        name="prod",
        approval="environment",
        account=account,
        serving=Serverless(mode="serverless"),
    )


@pytest.mark.parametrize(
    ("given", "account", "foreign"),
    [(None, ACCOUNT, False), (ACCOUNT, ACCOUNT, False), (OTHER_ACCOUNT, OTHER_ACCOUNT, True)],
)
def test_roles_follow_stage_and_account(
    project: ProjectSettings, given: str | None, account: str, *, foreign: bool
) -> None:
    stage = prod(given)
    roles = f"arn:aws:iam::{account}:role/mlops-p-abcdef123456"
    assert project.account(stage) == account
    assert project.is_foreign(stage) is foreign
    assert project.workflow_role_arn(stage) == f"{roles}-deploy-prod"
    assert project.cloudformation_role_arn(stage) == f"{roles}-cloudformation-prod"
    own = "execution-prod" if foreign else "execution"
    assert project.execution_role_arn(stage) == f"{roles}-{own}"
    assert project.reading_role_arn("prod") == (
        f"arn:aws:iam::{ACCOUNT}:role/mlops-p-abcdef123456-deploy-prod"
    )


def test_roles_lie_in_the_projects_partition(repository: Path) -> None:
    file = repository / "project.env"
    file.write_text(file.read_text().replace("arn:aws:iam", "arn:aws-cn:iam"))
    assert load_project(file, {}).execution_role_arn(prod(None)).startswith("arn:aws-cn:iam::")


def test_allowed_repositories_become_arns(repository: Path, project: ProjectSettings) -> None:
    assert project.image_repository_arns == []
    file = repository / "project.env"
    before = file.read_text()
    host = "222233334444.dkr.ecr.eu-west-1.amazonaws.com"
    file.write_text(f"{before}IMAGE_REPOSITORIES={host}/team/models,{host}/rings\n")
    assert load_project(file, {}).image_repository_arns == [
        f"arn:aws:ecr:eu-west-1:222233334444:repository/{name}" for name in ("team/models", "rings")
    ]
    file.write_text(f"{before}IMAGE_REPOSITORIES={host}/team:latest\n")
    with pytest.raises(SettingsError, match=r"IMAGE_REPOSITORIES .* addresses of repositories"):
        load_project(file, {})


@pytest.mark.parametrize(
    ("allowed", "account", "sentence"),
    [
        ({}, None, "which is not among what ENDPOINT_SUBNETS of the template's registration all"),
        (
            {"ENDPOINT_SUBNETS": "subnet-01234567"},
            None,
            "sg-01234567, which is not among what ENDPOINT_SECURITY_GROUPS of the template's reg",
        ),
        (
            {
                "ENDPOINT_SUBNETS": "subnet-89abcdef,subnet-01234567",
                "ENDPOINT_SECURITY_GROUPS": "sg-01234567",
            },
            None,
            "",
        ),
        ({}, OTHER_ACCOUNT, ""),  # whose administrator says it
    ],
)
def test_an_endpoint_joins_what_the_registration_allows(
    repository: Path, allowed: dict[str, str], account: str | None, sentence: str
) -> None:
    file = repository / "project.env"
    lines = "".join(f"{name}={value}\n" for name, value in allowed.items())
    file.write_text(file.read_text() + lines)
    stage = StageSettings(
        name="prod",
        approval="environment",
        account=account,
        subnets=("subnet-01234567",),
        security_groups=("sg-01234567",),
        serving=Realtime(mode="realtime", instance_type="ml.m5.large", instance_count=1),
    )
    reason = next(load_project(file, {}).misfits(stage), "")
    assert sentence in reason
    assert bool(sentence) == bool(reason)


def test_keys_of_an_older_project_do_no_harm(repository: Path) -> None:
    file = repository / "project.env"
    before = load_project(file, {})
    file.write_text(file.read_text() + "CLOUDFORMATION_ROLE_ARN=arn:aws:iam::1:role/old\n")
    assert load_project(file, {}) == before


@pytest.mark.parametrize("line", ["", "TAGS=\n", "TAGS=team=a\n"])
def test_a_runners_own_tags_are_none_of_the_projects(repository: Path, line: str) -> None:
    file = repository / "project.env"
    text = file.read_text(encoding="utf-8")
    kept = "".join(one for one in text.splitlines(keepends=True) if not one.startswith("TAGS="))
    file.write_text(kept + line, encoding="utf-8")
    wanted = line.strip().removeprefix("TAGS=")
    assert load_project(file, {"TAGS": "runner=x,linux"}).company_tags == wanted


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


def test_a_malformed_role_is_shown_by_its_name_in_the_file(repository: Path) -> None:
    file = repository / "project.env"
    file.write_text(file.read_text().replace("role/mlops-p", "user/mlops-p"))
    with pytest.raises(SettingsError, match=r"^project\.env: EXECUTION_ROLE_ARN is 'arn:aws:iam"):
        load_project(file, {})


@pytest.mark.parametrize(
    ("path", "prefix"), [("/", ""), ("/company/ml/", ""), ("/", "acme-"), ("/a/", "mlops-")]
)
def test_all_roles_are_named_as_that_of_the_jobs(repository: Path, path: str, prefix: str) -> None:
    file = repository / "project.env"
    file.write_text(file.read_text().replace("role/mlops-p", f"role{path}{prefix}mlops-p"))
    project = load_project(file, {})
    assert (project.role_path, project.role_prefix) == (path, prefix)
    own = f"arn:aws:iam::{ACCOUNT}:role{path}{prefix}mlops-p-abcdef123456-"
    assert project.reading_role_arn("prod") == f"{own}deploy-prod"
    assert project.execution_role_arn(prod(None)) == f"{own}execution"
    elsewhere = own.replace(ACCOUNT, OTHER_ACCOUNT)
    assert project.workflow_role_arn(prod(OTHER_ACCOUNT)) == f"{elsewhere}deploy-prod"


def test_a_line_without_a_value_is_refused(repository: Path) -> None:
    file = repository / "project.env"
    file.write_text("AWS_ACCOUNT\n")
    with pytest.raises(SettingsError, match="line 1 is 'AWS_ACCOUNT'; write it as KEY=value"):
        load_project(file, {})


def test_a_gate_that_would_ask_nobody_is_refused(repository: Path) -> None:
    file = repository / "project.env"
    file.write_text(file.read_text().replace("APPROVAL_GATE=environment", "APPROVAL_GATE=registry"))
    stages = repository / "config" / "stages.yml"
    stages.write_text(
        "stages:\n"
        "  - {name: dev, approval: automatic, serving: {mode: serverless}}\n"
        "  - {name: prod, approval: environment, serving: {mode: serverless}}\n"
    )
    with pytest.raises(SettingsError, match="nobody would be asked; write registry"):
        load_stages(stages, load_project(file, {}))


def test_the_subject_of_a_stages_tokens_is_the_projects(project: ProjectSettings) -> None:
    assert project.sub_claim(prod(OTHER_ACCOUNT)) == "repo:octo@1/Abalone-deploy@2:environment:prod"


@pytest.mark.parametrize("environments", ["", "dev", "dev,production"])
def test_where_there_is_no_environment_the_branch_stands_for_the_stage(
    repository: Path, environments: str
) -> None:
    file = repository / "project.env"
    told = file.read_text().replace("=dev,staging,prod", f"={environments}")
    file.write_text(told)
    claim = load_project(file, {}).sub_claim(prod(OTHER_ACCOUNT))
    assert claim == "repo:octo@1/Abalone-deploy@2:ref:refs/heads/main"


@pytest.mark.parametrize(
    "key", ["OIDC_ISSUER", "REPOSITORY_ID", "SUB_CLAIM_PREFIX", "ENVIRONMENTS"]
)
def test_a_project_that_cannot_name_its_tokens_has_to_be_updated(
    repository: Path, key: str
) -> None:
    file = repository / "project.env"
    kept = [line for line in file.read_text().splitlines() if not line.startswith(f"{key}=")]
    file.write_text("\n".join(kept))
    with pytest.raises(SettingsError, match="update the project in Studio to the newest version"):
        load_project(file, {}).sub_claim(prod(OTHER_ACCOUNT))
