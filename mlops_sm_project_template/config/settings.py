"""The settings of a synthesis: the sole reader of the environment and of `.env`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from mlops_sm_project_template.config.alarm_topic import parse_topic
from mlops_sm_project_template.config.budget_topic import parse_budget_topic
from mlops_sm_project_template.config.company_roles import (
    PATH_PATTERN,
    PREFIX_PATTERN,
    ROOT_PATH,
    CompanyRoles,
    parse_boundary,
)
from mlops_sm_project_template.config.company_tags import parse_tags
from mlops_sm_project_template.config.data_locations import DataLocation, parse_locations
from mlops_sm_project_template.config.encryption_key import parse_key
from mlops_sm_project_template.config.github_server import (
    GITHUB_COM,
    ISSUER_PATTERN,
    GithubServer,
    server_address,
)
from mlops_sm_project_template.config.image_repositories import (
    ImageRepository,
    parse_repositories,
)
from mlops_sm_project_template.config.job_networks import check_together, parse_ids
from mlops_sm_project_template.config.refused_values import RefusedValueError
from mlops_sm_project_template.config.studio_roles import parse_studio_roles

_ENV_FILE = Path(__file__).resolve().parents[2] / ".env"


class SettingsError(Exception):
    """A setting is missing or malformed; the message names it and the remedy."""


class Settings(BaseSettings):
    """Where the template is registered, and which GitHub its projects use.

    A variable of the environment wins over the same name in `.env`; an empty one counts as missing.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, case_sensitive=False
    )

    aws_account: str = Field(
        pattern=r"^[0-9]{12}$", description="the 12 digits of the AWS account to register in"
    )
    aws_region: str = Field(
        pattern=r"^[a-z]{2,}(-[a-z]+)+-[0-9]+$", description="an AWS region such as eu-west-1"
    )
    github_server_url: Annotated[str, AfterValidator(server_address)] = Field(
        default=GITHUB_COM,
        description="the address of GitHub without a path, such as https://github.example.com",
    )
    openid_connect_issuer: str = Field(
        default="",
        pattern=ISSUER_PATTERN,
        description="the issuer of GitHub's tokens without https:// and a slash at the end",
    )
    github_read_timeout_seconds: int | None = Field(
        default=None,  # as the functions have it
        ge=1,
        le=60,
        description="how many whole seconds GitHub may take for an answer, from 1 to 60",
    )
    bootstrap_qualifier: str = Field(
        default="hnb659fds",  # the CDK's own
        pattern=r"^[a-z0-9]{1,10}$",
        description="the qualifier of the CDK's bootstrap, 1 to 10 lower-case letters or digits",
    )
    data_locations: Annotated[tuple[DataLocation, ...], NoDecode] = Field(
        default=(),
        description="folders in S3 as config/data_locations.py reads them",
    )
    image_repositories: Annotated[tuple[ImageRepository, ...], NoDecode] = Field(
        default=(),
        description="repositories of ECR as config/image_repositories.py reads them",
    )
    jobs_subnets: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="ids of subnets as config/job_networks.py reads them"
    )
    jobs_security_groups: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        validate_default=True,  # subnets without groups are refused
        description="ids of security groups as config/job_networks.py reads them",
    )
    endpoint_subnets: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="ids of subnets as config/job_networks.py reads them"
    )
    endpoint_security_groups: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        validate_default=True,  # subnets without groups are refused
        description="ids of security groups as config/job_networks.py reads them",
    )
    kms_key: str = Field(
        default="", description="shared, or the ARN of a KMS key, as config/encryption_key.py says"
    )
    principal_org_id: str = Field(
        default="",
        pattern=r"^(o-[a-z0-9]{10,32})?$",
        description="the id of an organization, o- and 10 to 32 lower-case letters or digits",
    )
    studio_roles: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="ARNs of roles as config/studio_roles.py reads them"
    )
    alarm_topic_arn: str = Field(
        default="", description="the ARN of an SNS topic as config/alarm_topic.py reads it"
    )
    tags: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        default=(), description="tags as config/company_tags.py reads them"
    )
    role_path: str = Field(
        default=ROOT_PATH,
        pattern=PATH_PATTERN,
        max_length=64,
        description="the path of the roles, such as /company/ml/, at most 64 characters",
    )
    role_prefix: str = Field(
        default="",
        pattern=PREFIX_PATTERN,
        description="how the names of roles begin, at most 8 letters, digits, _ and -",
    )
    permissions_boundary: str | None = Field(
        default=None, description="ARN of a managed policy as config/company_roles.py reads it"
    )

    budget_topic_arn: str = Field(
        default="", description="the ARN of a topic as config/budget_topic.py reads it"
    )

    @field_validator("permissions_boundary", mode="before")
    @classmethod
    def _read_boundary(cls, text: Any, info: ValidationInfo) -> Any:
        return _read_of_account(parse_boundary, text, info, unread=None)

    @field_validator("budget_topic_arn", mode="before")
    @classmethod
    def _read_budget_topic(cls, text: Any, info: ValidationInfo) -> Any:
        return _read_of_account(parse_budget_topic, text, info, unread="")

    @field_validator("tags", mode="before")
    @classmethod
    def _read_tags(cls, text: Any) -> Any:
        return parse_tags(text) if isinstance(text, str) else text

    @field_validator("kms_key", mode="before")
    @classmethod
    def _read_key(cls, text: Any, info: ValidationInfo) -> Any:
        if not isinstance(text, str) or not text.strip():
            return ""
        return _read_of_account(parse_key, text, info, unread="")

    @field_validator("alarm_topic_arn", mode="before")
    @classmethod
    def _read_topic(cls, text: Any, info: ValidationInfo) -> Any:
        region = info.data.get("aws_region")
        if not isinstance(text, str) or not text:
            return text
        return "" if region is None else parse_topic(text, region=region)

    @field_validator("data_locations", mode="before")
    @classmethod
    def _read_locations(cls, text: Any, info: ValidationInfo) -> Any:
        return _read_of_account(parse_locations, text, info)

    @field_validator("studio_roles", mode="before")
    @classmethod
    def _read_studio_roles(cls, text: Any, info: ValidationInfo) -> Any:
        return _read_of_account(parse_studio_roles, text, info)

    @field_validator("image_repositories", mode="before")
    @classmethod
    def _read_repositories(cls, text: Any, info: ValidationInfo) -> Any:
        region = info.data.get("aws_region")
        if not isinstance(text, str):
            return text
        return () if region is None else parse_repositories(text, region=region)

    @field_validator("jobs_subnets", "endpoint_subnets", mode="before")
    @classmethod
    def _read_subnets(cls, text: Any) -> Any:
        return parse_ids(text, prefix="subnet") if isinstance(text, str) else text

    @field_validator("jobs_security_groups", "endpoint_security_groups", mode="before")
    @classmethod
    def _read_groups(cls, text: Any, info: ValidationInfo) -> Any:
        groups = parse_ids(text, prefix="sg") if isinstance(text, str) else text
        whose = str(info.field_name).partition("_")[0]
        if f"{whose}_subnets" in info.data:  # what is wrong with those is told anyway
            check_together(whose.upper(), info.data[f"{whose}_subnets"], groups)
        return groups

    @classmethod
    def load(cls, env_file: Path = _ENV_FILE) -> Settings:
        """Read the environment, completed by `.env`.

        Raises:
            SettingsError: a setting is missing or malformed; set what the message names.
        """
        try:
            return cls(_env_file=env_file)  # type: ignore[call-arg]  # read by pydantic-settings
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from None

    @property
    def github(self) -> GithubServer:
        """The GitHub that projects use."""
        return GithubServer(self.github_server_url, self.openid_connect_issuer)

    @property
    def roles(self) -> CompanyRoles:
        """How the company wants the roles."""
        return CompanyRoles(self.role_path, self.role_prefix, self.permissions_boundary)


def _read_of_account(
    parse: Callable[..., Any], text: Any, info: ValidationInfo, *, unread: Any = ()
) -> Any:
    account, region = (info.data.get(name) for name in ("aws_account", "aws_region"))
    if not isinstance(text, str):
        return text
    if account is None or region is None:  # what is wrong with those is told anyway
        return unread
    return parse(text, account=account, region=region)


def _sentence(error: ValidationError) -> str:
    """Say which settings are wrong and what to do, in one sentence."""
    wrong = []
    for problem in error.errors(include_url=False):
        field = str(problem["loc"][0]).lower()
        name, meaning = field.upper(), Settings.model_fields[field].description
        reason = problem.get("ctx", {}).get("error")
        if problem["type"] == "missing":
            wrong.append(f"{name} is missing (it must be {meaning})")
        elif isinstance(reason, RefusedValueError):
            wrong.append(f"{name} is refused: {reason}")
        else:
            wrong.append(f"{name} is {problem['input']!r} but must be {meaning}")
    return f"{'; '.join(wrong)}: correct it in the environment or in .env (see .env.example)."
