"""What a training script is told: its arguments and its variables, which begin with `SM_`.

Imitates `_env.py` and `_mapping.py` of sagemaker-containers 2.8.6, and `environment.py` of
sagemaker-training 4.8.0, whose further variables are those of `INSTANCE_GROUP`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Hyperparameters with these names, or which begin with "sagemaker_", are not for the script.
_PREFIX = "sagemaker_"
_FOR_TOOLKIT = (
    "sagemaker_program",
    "sagemaker_submit_directory",
    "sagemaker_enable_cloudwatch_metrics",
    "sagemaker_region",
    "sagemaker_container_log_level",
    "sagemaker_job_name",
    "default_user_module_name",
    "_tuning_objective_metric",
    "sagemaker_s3_output",
)
_INFO = 20
# What is no variable of its own, but only in SM_TRAINING_ENV.
_HIDDEN = (
    "additional_framework_parameters",
    "channel_input_dirs",
    "distribution_hosts",
    "hyperparameters",
    "is_master",
    "is_modelparallel_enabled",
    "is_smddpmprun_installed",
    "is_smddprun_installed",
    "job_name",
    "master_hostname",
)


@dataclass(frozen=True)
class TrainingEnvironment:
    """One training job as its container sees it.

    Args:
        base: stands for `/opt/ml`.
        module: of AWS's that trains, for SM_FRAMEWORK_MODULE.
        hyperparameters: the script's own, decoded.
        toolkit: those that are for the toolkit.
        program: the script; None: algorithm mode.
    """

    base: Path
    module: str
    hyperparameters: dict[str, Any]
    toolkit: dict[str, Any]
    resources: dict[str, Any]
    channels: dict[str, Any]
    program: str | None
    job_name: str | None

    @classmethod
    def read(cls, base: Path, module: str, environment: Mapping[str, str]) -> TrainingEnvironment:
        """Read the files that SageMaker writes for each job."""
        config = base / "input/config"
        given = json.loads((config / "hyperparameters.json").read_text(encoding="utf-8"))
        decoded = {name: _decoded(value) for name, value in given.items()}
        toolkit = {
            name: value
            for name, value in decoded.items()
            if name in _FOR_TOOLKIT or name.startswith(_PREFIX)
        }
        return cls(
            base=base,
            module=module,
            hyperparameters={n: value for n, value in decoded.items() if n not in toolkit},
            toolkit=toolkit,
            resources=json.loads((config / "resourceconfig.json").read_text(encoding="utf-8")),
            channels=json.loads((config / "inputdataconfig.json").read_text(encoding="utf-8")),
            program=environment.get("SAGEMAKER_PROGRAM") or toolkit.get("sagemaker_program"),
            job_name=environment.get("TRAINING_JOB_NAME"),
        )

    @property
    def code(self) -> Path:
        """Where the script runs."""
        return self.base / "code"

    @property
    def submitted(self) -> str:
        """Where the code comes from."""
        return str(self.toolkit.get("sagemaker_submit_directory", self.code))

    def arguments(self) -> list[str]:
        """The hyperparameters as a command line, by name."""
        words: list[str] = []
        for name in sorted(self.hyperparameters):
            value = self.hyperparameters[name]
            if isinstance(value, dict):
                value = ",".join(f"{key}={part}" for key, part in sorted(value.items()))
            words.append(f"--{name}" if len(name) > 1 else f"-{name}")
            words.append("" if value is None else str(value))
        return words

    def variables(self, further: Mapping[str, Any]) -> dict[str, str]:
        """Every variable of the script; `further` are properties of one toolkit alone."""
        properties = {**self._properties(), **further}
        told = {name: value for name, value in properties.items() if name not in _HIDDEN}
        told |= {
            "channels": sorted(self.channels),
            "framework_params": properties["additional_framework_parameters"],
            "hps": self.hyperparameters,
            "training_env": properties,
            "user_args": self.arguments(),
        }
        told |= {f"channel_{name}": path for name, path in properties["channel_input_dirs"].items()}
        told |= {f"hp_{name}": value for name, value in self.hyperparameters.items()}
        return {f"SM_{name.upper()}": _text(value) for name, value in told.items()}

    def _properties(self) -> dict[str, Any]:
        output, given = self.base / "output", self.base / "input"
        hosts, current = self.resources["hosts"], self.resources["current_host"]
        return {
            "additional_framework_parameters": {
                name: value for name, value in self.toolkit.items() if name not in _FOR_TOOLKIT
            },
            "channel_input_dirs": {name: str(given / "data" / name) for name in self.channels},
            "current_host": current,
            "framework_module": self.module,
            "hosts": hosts,
            "hyperparameters": self.hyperparameters,
            "input_config_dir": str(given / "config"),
            "input_data_config": self.channels,
            "input_dir": str(given),
            "is_master": current == hosts[0],
            "job_name": self.job_name,
            "log_level": self.toolkit.get("sagemaker_container_log_level", _INFO),
            "master_hostname": hosts[0],
            "model_dir": str(self.base / "model"),
            "module_dir": self.submitted,
            "module_name": str(self.program).removesuffix(".py"),
            "network_interface_name": self.resources.get("network_interface_name", "eth0"),
            "num_cpus": multiprocessing.cpu_count(),
            "num_gpus": 0,
            "output_data_dir": str(output / "data"),
            "output_dir": str(output),
            "output_intermediate_dir": str(output / "intermediate"),
            "resource_config": self.resources,
            "user_entry_point": self.program,
        }


def image_variables(base: Path) -> dict[str, str]:
    """What the Dockerfiles of both images set."""
    config = base / "input/config"
    return {
        "SM_INPUT": str(base / "input"),
        "SM_INPUT_TRAINING_CONFIG_FILE": str(config / "hyperparameters.json"),
        "SM_INPUT_DATA_CONFIG_FILE": str(config / "inputdataconfig.json"),
        "SM_CHECKPOINT_CONFIG_FILE": str(config / "checkpointconfig.json"),
        "SM_MODEL_DIR": str(base / "model"),
    }


def base_folder() -> Path:
    """The folder that stands for `/opt/ml`."""
    return Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
