"""What the project is: `project.env`, written when the project was launched.

The file decides. The environment only supplies what the file does not say, so that a region
left over in somebody's shell never moves the project.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy_endpoint.errors import SettingsError, explain
from deploy_endpoint.settings.stage import NAME_PATTERN, StageSettings

PROJECT_FILE = Path("project.env")
# As strict as the workflows, which hand the lines on as they are.
_ENV_LINE = re.compile(r"(?P<key>[A-Z][A-Z0-9_]*)=(?P<value>(\S(.*\S)?)?)")
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
_REPOSITORY = (
    r"([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([a-z0-9][a-z0-9._/-]*)"
)
# A runner may have a variable of this name for itself.
_OF_THE_FILE = ("TAGS",)
_ROLE = (
    r"^arn:aws[a-z-]*:iam::\d{12}:role(?P<path>/([a-zA-Z0-9+=,.@_-]+/)*)"
    r"(?P<prefix>[a-zA-Z0-9_-]*)mlops-p-[a-z0-9]{12}-execution$"
)


class ProjectSettings(BaseModel):
    """The project that this repository deploys."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=str.upper)

    aws_account: str = Field(pattern=r"^\d{12}$", description="the account number, 12 digits")
    aws_region: str = Field(
        pattern=r"^[a-z]{2,}(-[a-z]+)+-\d$", description="an AWS region such as eu-west-1"
    )
    project_name: str = Field(
        pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}$",
        max_length=32,
        description="the SageMaker project's name",
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
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[a-zA-Z0-9-]{1,64}$",
        description="the ARN of the KMS key",
    )
    artifact_bucket: str = Field(
        pattern=r"^[a-z0-9][a-z0-9.-]{2,62}$", description="the name of the project's bucket"
    )
    model_package_group_name: str = Field(
        pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$",
        max_length=63,
        description="the model package group's name",
    )

    github_credential: Literal["project", "owner"] = Field(
        default="project", description="project or owner, whose secret holds the GitHub token"
    )
    approval_gate: Literal["environment", "registry"] = Field(
        default="registry", description="environment or registry, as GitHub's plan has it"
    )

    image_repositories: str = Field(
        default="",
        pattern=rf"^({_REPOSITORY}(,{_REPOSITORY})*)?$",
        description="addresses of repositories of ECR, with commas and no spaces between",
    )

    endpoint_subnets: str = Field(
        default="", description="ids of subnets with commas and no spaces between"
    )
    endpoint_security_groups: str = Field(
        default="", description="ids of security groups with commas and no spaces between"
    )

    company_tags: str = Field(
        default="", alias="TAGS", description="tags as Key=Value, with commas between"
    )

    # What a stage's own account must know to trust this repository.
    oidc_issuer: str = Field(default="", description="the issuer of GitHub's tokens, no https://")
    repository_id: str = Field(
        default="", pattern=r"^\d*$", description="the number of this repository on GitHub"
    )
    sub_claim_prefix: str = Field(
        default="", description="what the subjects of this repository's tokens begin with"
    )
    environments: str | None = Field(
        default=None, description="the environments that GitHub has, with commas between"
    )

    # The template makes roles for these; what is older than the variable has roles for three.
    project_stages: str = Field(
        default="dev,staging,prod",
        pattern=rf"^{NAME_PATTERN}(,({NAME_PATTERN})?)*$",
        description="the project's stages, with commas and no spaces between",
    )

    @property
    def stage_names(self) -> tuple[str, ...]:
        """The stages that the project has roles for; the first one is never left out."""
        return tuple(name for name in self.project_stages.split(",") if name)

    @property
    def image_repository_arns(self) -> list[str]:
        """ARNs of the repositories, from their addresses at ECR."""
        partition = self.kms_key_arn.split(":")[1]
        return [
            f"arn:{partition}:ecr:{region}:{account}:repository/{name}"
            for account, region, name in re.findall(_REPOSITORY, self.image_repositories)
        ]

    @property
    def role_path(self) -> str:
        """The path of the project's roles, whatever the account."""
        return self._named_role()["path"]

    @property
    def role_prefix(self) -> str:
        """What the names of the project's roles begin with, whatever the account."""
        return self._named_role()["prefix"]

    def network_arns(self, stage: StageSettings) -> tuple[list[str], list[str]]:
        """ARNs of the subnets and the security groups of a stage.

        A shared one belongs to another account; ids are unique.
        """
        place = f"arn:{self.kms_key_arn.split(':')[1]}:ec2:{self.aws_region}:*"
        return (
            [f"{place}:subnet/{id_}" for id_ in stage.subnets],
            [f"{place}:security-group/{id_}" for id_ in stage.security_groups],
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

    def sub_claim(self, stage: StageSettings) -> str:
        """Give the subject of a token that GitHub issues for a stage.

        Raises:
            SettingsError: the project is older than stages in accounts of their own.
        """
        told = (self.sub_claim_prefix, self.repository_id, self.oidc_issuer)
        if not all(told) or self.environments is None:
            raise SettingsError(
                "project.env does not tell how GitHub names this repository's tokens; update the "
                "project in Studio to the newest version of its template, which writes it."
            )
        if stage.name in self.environments.split(","):
            return f"{self.sub_claim_prefix}:environment:{stage.name}"
        return f"{self.sub_claim_prefix}:ref:refs/heads/main"

    def tags(self, stage: StageSettings) -> dict[str, str]:
        """Tags of everything that belongs to a stage."""
        pairs = (tag.partition("=") for tag in self.company_tags.split(",") if tag)
        return {
            **{key: value for key, _, value in pairs},
            "sagemaker:project-name": self.project_name,
            "sagemaker:project-id": self.project_id,
            "mlops:stage": stage.name,
        }

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
        role = f"execution-{stage.name}" if self.is_foreign(stage) else "execution"
        return self._role_arn(stage, role)

    def misfits(self, stage: StageSettings) -> Iterator[str]:
        """Yield one sentence, without its end, for each setting of a stage that cannot be here."""
        if stage.name not in self.stage_names:
            yield (
                f"the project has roles for {', '.join(self.stage_names)}, and for no stage "
                f"{stage.name}; add it to the parameter Stages of the project in Studio, or remove "
                "it here"
            )
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
        yield from self._forbidden_networks(stage)
        if self.is_foreign(stage) and stage.data_capture is not None:
            yield (
                f"data_capture is set, but account is {stage.account}, and what is asked there "
                "does not leave that account for the project's bucket; remove data_capture"
            )

    def _forbidden_networks(self, stage: StageSettings) -> Iterator[str]:
        """In a stage's own account its administrator says what is allowed, by the stack there."""
        if self.is_foreign(stage):
            return
        for name, ids, allowed in (
            ("subnets", stage.subnets, self.endpoint_subnets),
            ("security_groups", stage.security_groups, self.endpoint_security_groups),
        ):
            others = [id_ for id_ in ids if id_ not in allowed.split(",")]
            if others:
                yield (
                    f"{name} names {others[0]}, which is not among what ENDPOINT_{name.upper()} of "
                    f"the template's registration allows ({allowed or 'none'}); ask the platform "
                    "team to add it and update the project, or name another"
                )

    def _role_arn(self, stage: StageSettings, role: str) -> str:
        return self._role_arn_in(self.account(stage), role)

    def _role_arn_in(self, account: str, role: str) -> str:
        partition = self.project_execution_role_arn.split(":")[1]
        name = f"{self.role_prefix}mlops-{self.project_id}-{role}"
        return f"arn:{partition}:iam::{account}:role{self.role_path}{name}"

    def _named_role(self) -> dict[str, str]:
        found = re.fullmatch(_ROLE, self.project_execution_role_arn)
        return found.groupdict() if found else {}


def load_project(
    path: Path = PROJECT_FILE, environment: Mapping[str, str] = os.environ
) -> ProjectSettings:
    """Read `project.env`, completed by the environment.

    Raises:
        SettingsError: a setting is missing or malformed.
    """
    completing = {name: told for name, told in environment.items() if name not in _OF_THE_FILE}
    values = {**completing, **_read_env_file(path)}
    try:
        return ProjectSettings.model_validate(values)
    except ValidationError as error:
        raise explain(error, ProjectSettings, path.name) from None


def _read_env_file(path: Path) -> dict[str, str]:
    """Read `KEY=value` lines; a file that is not there says nothing."""
    if not path.exists():
        return {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name} is not text; write it as KEY=value lines.") from None
    values: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        found = _ENV_LINE.fullmatch(line)
        if found is None:
            raise SettingsError(f"{path.name}: line {number} is {line!r}; write it as KEY=value.")
        values[found["key"]] = found["value"]
    return values
