"""How a stage serves the model: `config/<stage>.yml`."""

import re
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy_endpoint.errors import SettingsError, explain

_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
_STAGE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html, KmsKeyId
_LOCAL_STORAGE = re.compile(
    r"ml\.([a-z]+\d+[a-z]*d[a-z]*|g[5-9](?!g)[a-z]*|gr\d|p[5-9][a-z]*|trn\d\w*)\."
)


class DataCapture(BaseModel):
    """Which share of requests and answers is kept in the project's bucket."""

    model_config = _STRICT

    sampling_percentage: int = Field(ge=1, le=100, description="a whole number from 1 to 100")


class StageSettings(BaseModel):
    """The machines behind the endpoint of one stage."""

    model_config = _STRICT

    instance_type: str = Field(
        pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9]+$", description="an instance type such as ml.m5.large"
    )
    initial_instance_count: int = Field(
        ge=1, le=100, description="a whole number of instances from 1 to 100"
    )
    data_capture: DataCapture | None = Field(
        default=None, description="a mapping with sampling_percentage, or leave it out"
    )

    @property
    def has_local_storage(self) -> bool:
        """Tell whether the instance encrypts its disks itself, and so refuses a KMS key."""
        return _LOCAL_STORAGE.match(self.instance_type) is not None


def check_stage_name(name: str) -> str:
    """Refuse a stage name that could not be part of the endpoint's name."""
    if len(name) > 15 or not _STAGE_NAME.fullmatch(name):
        raise SettingsError(
            f"Stage {name!r} is not a stage name; "
            "use up to 15 small letters, digits and hyphens, such as dev."
        )
    return name


def load_stage(path: Path) -> StageSettings:
    """Read the settings file of a stage.

    Raises:
        SettingsError: the file is missing, is not YAML, or a setting is wrong or unknown.
    """
    source = f"{path.parent.name}/{path.name}"
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"There is no {source}; add it or choose another stage.") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{source} is not YAML; correct line {line}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise SettingsError(f"{source} is not text; write it as YAML in UTF-8.") from None
    if not isinstance(values, dict):
        raise SettingsError(f"{source} holds no settings; write them as `name: value` lines.")
    try:
        return StageSettings.model_validate(values)
    except ValidationError as error:
        raise explain(error, StageSettings, source) from None
