"""`train` of an image of one's own: runs a script, or without one fits a linear model of its own.

It is as small as the contract allows, and rests on nothing of this project.
"""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
MODEL = BASE / "model"


def run_script(name: str, archive: str, parameters: Mapping[str, str]) -> None:
    """Unpack the code and run its script with the hyperparameters as arguments."""
    with tarfile.open(archive) as tar:
        tar.extractall(BASE / "code")
    channels = {
        f"SM_CHANNEL_{channel.name.upper()}": str(channel)
        for channel in (BASE / "input/data").iterdir()
    }
    arguments = [part for key, value in parameters.items() for part in (f"--{key}", value)]
    subprocess.run(
        [sys.executable, str(BASE / "code" / name), *arguments],
        env={**os.environ, **channels, "SM_MODEL_DIR": str(MODEL)},
        check=True,
    )


def fit(parameters: Mapping[str, str]) -> None:
    """Fit the first channel's label to its inputs."""
    table = np.loadtxt(BASE / "input/data/train/train.csv", delimiter=",", ndmin=2)
    is_regression = parameters["task"] == "regression"
    model = Ridge() if is_regression else LogisticRegression(max_iter=1000)
    model.fit(table[:, 1:], table[:, 0])
    joblib.dump(model, MODEL / "model.joblib")


def main() -> int:
    """Train; a failure's reason is what SageMaker shows."""
    try:
        text = (BASE / "input/config/hyperparameters.json").read_text()
        parameters = json.loads(text)
        script = parameters.pop("sagemaker_program", None)
        archive = parameters.pop("sagemaker_submit_directory", "")
        fit(parameters) if script is None else run_script(script, archive, parameters)
    except Exception as error:  # noqa: BLE001 # whatever it is, SageMaker shows it
        (BASE / "output").mkdir(exist_ok=True)
        (BASE / "output/failure").write_text(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
