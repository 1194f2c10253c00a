"""What the pipeline is told: the project it belongs to and the choices of the data scientist."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from dataset import Dataset, DatasetError, parse_toml
from metrics import Metric, find_metric
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

ROOT = Path(__file__).resolve().parent.parent
DATASET_FILE = ROOT / "dataset.toml"
SCRIPTS = ROOT / "source_scripts"
InstanceType = Annotated[str, Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
# The limits of the API: https://docs.aws.amazon.com/sagemaker/latest/APIReference
Name = Annotated[str, Field(pattern=r"^[!-~]{1,256}$")]
Value = Annotated[str, Field(max_length=2500)]
Integer = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Hyperparameters = dict[Name, Integer | Number | Value]
BUILT_IN = ("xgboost",)
SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]
_IMAGE = re.compile(
    r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9][a-z0-9._/-]*"
    r"@sha256:[0-9a-f]{64}"
)
_LONGEST_IMAGE = 255
_LARGEST_VOLUME_GIB = 16384
_LONGEST_TRAINING_SECONDS = 28 * 24 * 3600
_LONGEST_SHOWN = 80
# A runner may have a variable of this name for itself.
_OF_THE_FILE = ("TAGS",)


class SettingsError(ValueError):
    """A setting is missing or refused; the message names it and its file."""


class Project(BaseModel):
    """Where the pipeline lives; from `project.env`, which the project's template wrote.

    A variable of the same name in the environment wins over the file, but for `TAGS`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    AWS_REGION: str = Field(min_length=1)
    PROJECT_NAME: str = Field(min_length=1)
    PROJECT_ID: str = Field(min_length=1)
    EXECUTION_ROLE_ARN: str = Field(pattern=r"^arn:[^:]+:iam::\d{12}:role/.+$")
    READER_ROLE_ARN: str = Field(pattern=r"^arn:[^:]+:iam::\d{12}:role/.+$")
    ARTIFACT_BUCKET: str = Field(min_length=3)
    KMS_KEY_ARN: str = Field(pattern=r"^arn:[^:]+:kms:.+$")
    MODEL_PACKAGE_GROUP_NAME: str = Field(min_length=1)
    PIPELINE_NAME: str = Field(min_length=1)
    APPROVAL_TABLE: str = Field(default="mlops-sm-project-approvals", min_length=3)
    # What the template's registration allows, with commas between; by default nothing.
    IMAGE_REPOSITORIES: str = ""
    JOBS_SUBNETS: str = ""
    JOBS_SECURITY_GROUPS: str = ""
    # The company's, `Key=Value` with commas between.
    TAGS: str = ""

    @property
    def tags(self) -> list[dict[str, str]]:
        """Return the tags of all that is the project's; its roles may touch no job without them."""
        pairs = (tag.partition("=") for tag in self.TAGS.split(",") if tag)
        return [
            *({"Key": key, "Value": value} for key, _, value in pairs),
            {"Key": "sagemaker:project-name", "Value": self.PROJECT_NAME},
            {"Key": "sagemaker:project-id", "Value": self.PROJECT_ID},
        ]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(_Section):
    """Which records the model learns from."""

    # Without quotation mark and backslash, since it stands in JSON.
    url: str = Field(pattern=r"^s3://[a-z0-9{][a-z0-9.{}-]+(/[ !#-\[\]-~]*)?$", max_length=1024)
    split_seed: int = Field(ge=0, lt=2**32)


class Task(_Section):
    """What the model is to do with the label."""

    type: Literal["regression", "binary", "multiclass"]


class Algorithm(_Section):
    """What trains: a built-in algorithm, a script in a framework's image, or an image's own way.

    Attributes:
        image: of one's own, instead of a framework's.
        script: of `source_scripts/`; without it the algorithm that is built into the image trains.
    """

    framework: Literal["xgboost", "scikit-learn"] | None = None
    version: Name | None = None
    image: str | None = Field(default=None, max_length=_LONGEST_IMAGE)
    script: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*\.py$")
    hyperparameters: Hyperparameters = Field(max_length=90)

    @property
    def is_built_in(self) -> bool:
        """Whether XGBoost's own algorithm trains, whose hyperparameters are known."""
        return self.framework in BUILT_IN and self.script is None

    @property
    def trains_by_itself(self) -> bool:
        """Whether an image of one's own trains by the program that it brings."""
        return self.image is not None and self.script is None

    @field_validator("image")
    @classmethod
    def _never_moves(cls, image: str | None) -> str | None:
        if image is not None and not _IMAGE.fullmatch(image):
            raise ValueError(
                "an image is named by its digest, as 111122223333.dkr.ecr.eu-west-1.amazonaws.com/"
                "team/models@sha256: and 64 digits, which docker push and ECR show; what a tag "
                "names can change between training and serving"
            )
        return image

    @model_validator(mode="after")
    def _has_one_image(self) -> Self:
        named = (self.framework is not None, self.version is not None, self.image is not None)
        if named not in ((True, True, False), (False, False, True)):
            raise ValueError("name a framework and its version, or an image of your own instead")
        return self

    @model_validator(mode="after")
    def _has_something_that_trains(self) -> Self:
        if self.image is None and self.framework not in BUILT_IN and self.script is None:
            raise ValueError(
                f"{self.framework} has no built-in algorithm; name a script of source_scripts/, "
                'such as script = "train.py"'
            )
        return self

    @model_validator(mode="after")
    def _stops_by_a_metric(self) -> Self:
        stops_early = "early_stopping_rounds" in self.hyperparameters
        if self.is_built_in and stops_early and "eval_metric" not in self.hyperparameters:
            raise ValueError(
                "early_stopping_rounds has no effect without eval_metric; add one, such as rmse"
            )
        return self


class Jobs(_Section):
    """On what the steps run.

    Attributes:
        training_spot: on capacity that AWS may take back, at a lower price.
        training_max_wait_seconds: for such capacity and the training together.
        subnets: of a VPC through which the jobs reach S3; with security_groups, or none.
    """

    processing_instance_type: InstanceType
    training_instance_type: InstanceType
    volume_size_gib: int = Field(ge=1, le=_LARGEST_VOLUME_GIB)
    training_timeout_seconds: int = Field(ge=60, le=_LONGEST_TRAINING_SECONDS)
    cache_expires_after: str = Field(
        pattern=r"^P(\d{1,4}[YMWD]){0,4}(T(\d{1,5}[HMS]){1,3})?$", min_length=3
    )
    training_spot: bool = False
    training_max_wait_seconds: int | None = Field(default=None, le=_LONGEST_TRAINING_SECONDS)
    subnets: list[SubnetId] = Field(default=[], max_length=16)
    security_groups: list[SecurityGroupId] = Field(default=[], max_length=5)

    @model_validator(mode="after")
    def _waits_for_spot_capacity(self) -> Self:
        longest = self.training_max_wait_seconds
        if self.training_spot != (longest is not None):
            raise ValueError("training_spot = true and training_max_wait_seconds belong together")
        if longest is not None and longest < self.training_timeout_seconds:
            raise ValueError(
                "training_max_wait_seconds, for waiting and training together, is below "
                "training_timeout_seconds"
            )
        return self

    @model_validator(mode="after")
    def _joins_a_network(self) -> Self:
        if bool(self.subnets) != bool(self.security_groups):
            raise ValueError("subnets and security_groups belong together: name both, or neither")
        return self


class Gate(_Section):
    """When a model is good enough to be registered.

    Attributes:
        better_than_live_by: how much better than the live version it must be; None: that is told
            and not asked.
    """

    metric: Name
    threshold: Number
    better_than_live_by: Annotated[Number, Field(ge=0)] | None = None


class Registration(_Section):
    """How a model is registered."""

    approval_status: Literal["PendingManualApproval", "Rejected"]
    inference_instance_types: list[InstanceType] = Field(min_length=1)
    transform_instance_types: list[InstanceType] = Field(min_length=1)


class PipelineSettings(_Section):
    """All of `pipeline.toml`."""

    data: Data
    task: Task
    algorithm: Algorithm
    jobs: Jobs
    gate: Gate
    registration: Registration

    @property
    def metric(self) -> Metric:
        """What the gate looks at."""
        return find_metric(self.gate.metric, self.task.type)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        self.metric.check_threshold(self.gate.threshold)
        self.metric.check_improvement(self.gate.better_than_live_by or 0)
        return self


def read_project(
    path: Path = ROOT / "project.env", environment: Mapping[str, str] | None = None
) -> Project:
    """Read `project.env`, overridden by the environment.

    Raises:
        SettingsError: a setting is missing or is not what it should be.
    """
    values = {}
    if path.is_file():
        lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        for line in lines:
            if line and not line.startswith("#"):
                name, _, value = line.partition("=")
                values[name.strip()] = value.strip()
    given = os.environ if environment is None else environment
    names = (name for name in Project.model_fields if name not in _OF_THE_FILE)
    values.update({name: given[name] for name in names if given.get(name)})
    try:
        return Project.model_validate(values)
    except ValidationError as error:
        raise _refused(error, f"{path.name} or the environment") from error


def read_dataset(path: Path = DATASET_FILE) -> Dataset:
    """Read `dataset.toml`.

    Raises:
        SettingsError: the file is missing or refused.
    """
    try:
        return Dataset.parse(path.read_bytes())
    except FileNotFoundError as error:
        raise SettingsError(f"{path} does not exist; restore it from the repository.") from error
    except DatasetError as error:
        raise SettingsError(str(error)) from error


def read_pipeline_settings(path: Path = ROOT / "pipeline.toml") -> PipelineSettings:
    """Read `pipeline.toml`.

    Raises:
        SettingsError: the file is missing, is not TOML, or a setting is missing, unknown or
            refused.
    """
    try:
        values = parse_toml(path.read_bytes())
    except FileNotFoundError as error:
        raise SettingsError(f"{path} does not exist; restore it from the repository.") from error
    except ValueError as error:
        raise SettingsError(f"{path.name} is not TOML: {error}.") from error
    try:
        return PipelineSettings.model_validate(values)
    except ValidationError as error:
        raise _refused(error, path.name) from error


def _refused(error: ValidationError, source: str) -> SettingsError:
    first = error.errors()[0]
    parts = (str(part)[:_LONGEST_SHOWN] for part in first["loc"])
    name = ".".join(part if part.isprintable() else repr(part) for part in parts)
    if first["type"] == "missing":
        return SettingsError(f"setting {name} is missing; add it to {source}.")
    what = f"setting {name} of {source}" if name else source
    return SettingsError(f"{what} is refused: {first_reason(error)}.")


def first_reason(error: ValidationError) -> str:
    """Why the first of the refused values was, without a full stop."""
    return error.errors()[0]["msg"].removeprefix("Value error, ").removesuffix(".")
