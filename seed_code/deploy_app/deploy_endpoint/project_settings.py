"""What the project is: `project.env`, written when the project was launched.

The file decides. The environment only supplies what the file does not say, so that a region
left over in somebody's shell never moves the project.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy_endpoint.errors import SettingsError, explain
from deploy_endpoint.stage_settings import StageSettings

_ROLE = r"^arn:[a-z-]+:iam::\d{12}:role/.+$"


class ProjectSettings(BaseModel):
    """The project that this repository deploys."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=str.upper)

    aws_account: str = Field(pattern=r"^\d{12}$", description="the account number, 12 digits")
    aws_region: str = Field(
        pattern=r"^[a-z]{2,}(-[a-z]+)+-\d$", description="an AWS region such as eu-west-1"
    )
    project_name: str = Field(
        pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}$", description="the SageMaker project's name"
    )
    project_id: str = Field(
        pattern=r"^p-[a-z0-9]{12}$", description="the SageMaker project's id, p- and 12 characters"
    )
    project_execution_role_arn: str = Field(
        alias="EXECUTION_ROLE_ARN",
        pattern=_ROLE,
        description="the ARN of the project's SageMaker execution role",
    )
    kms_key_arn: str = Field(
        pattern=r"^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/.+$", description="the ARN of the KMS key"
    )
    artifact_bucket: str = Field(
        pattern=r"^[a-z0-9][a-z0-9.-]{2,62}$", description="the name of the project's bucket"
    )
    model_package_group_name: str = Field(
        pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$", description="the model package group's name"
    )

    approval_gate: Literal["environment", "registry"] = Field(
        default="registry", description="environment or registry, as GitHub's plan has it"
    )

    def stack_name(self, stage_name: str) -> str:
        """Name the CloudFormation stack of a stage."""
        return f"mlops-{self.project_id}-{stage_name}"

    def endpoint_name(self, stage_name: str) -> str:
        """Name the endpoint of a stage."""
        return f"{self.project_name}-{stage_name}"

    def account(self, stage: StageSettings) -> str:
        """Tell in which account a stage lies."""
        return stage.account or self.aws_account

    def is_foreign(self, stage: StageSettings) -> bool:
        """Tell whether a stage lies in another account than the project."""
        return self.account(stage) != self.aws_account

    def workflow_role_arn(self, stage: StageSettings) -> str:
        """Name the role that the workflow takes to deploy a stage."""
        return self._role_arn(stage, f"deploy-{stage.name}")

    def reading_role_arn(self, stage_name: str) -> str:
        """Name the role of a stage in the project's account: it reads models and reports."""
        return self._role_arn_in(self.aws_account, f"deploy-{stage_name}")

    def cloudformation_role_arn(self, stage: StageSettings) -> str:
        """Name the role as which CloudFormation makes the resources of a stage."""
        return self._role_arn(stage, f"cloudformation-{stage.name}")

    def execution_role_arn(self, stage: StageSettings) -> str:
        """Name the role as which SageMaker serves a stage."""
        return self._role_arn(stage, "execution")

    def misfits(self, stage: StageSettings) -> Iterator[str]:
        """Yield one sentence, without its end, for each setting of a stage that cannot be here."""
        if stage.region not in (None, self.aws_region):
            yield (
                f"region is {stage.region}, but SageMaker takes a model only from its own region, "
                f"{self.aws_region}; remove region"
            )
        if stage.approval == "environment" and self.approval_gate != "environment":
            yield (
                "approval is environment, but GitHub offered no reviewers for this repository's "
                "environments, so nobody would be asked; write registry"
            )
        if self.is_foreign(stage):
            yield (
                f"account is {stage.account}, but this version of the template makes the roles of "
                f"a stage only in the project's account, {self.aws_account}; remove account"
            )

    def _role_arn(self, stage: StageSettings, role: str) -> str:
        # A stage's own account has roles of the same names as the project's account.
        return self._role_arn_in(self.account(stage), role)

    def _role_arn_in(self, account: str, role: str) -> str:
        partition = self.project_execution_role_arn.split(":")[1]
        return f"arn:{partition}:iam::{account}:role/mlops-{self.project_id}-{role}"


def load_project(path: Path, environment: Mapping[str, str]) -> ProjectSettings:
    """Read `project.env`, completed by the environment.

    Raises:
        SettingsError: a setting is missing or malformed.
    """
    values = {**environment, **_read_env_file(path)}
    try:
        return ProjectSettings.model_validate(values)
    except ValidationError as error:
        raise explain(error, ProjectSettings, path.name) from None


def _read_env_file(path: Path) -> dict[str, str]:
    """Read `KEY=value` lines; a file that is not there says nothing."""
    if not path.exists():
        return {}
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        key, separator, value = text.partition("=")
        if not separator:
            raise SettingsError(f"{path.name}: line {number} is {text!r}; write it as KEY=value.")
        values[key.strip()] = value.strip()
    return values
