"""The pipeline's floor: its work as one plain script, in one process, without SageMaker.

Run by the Python of the XGBoost image. Preprocess, train and evaluate are the functions that the
pipeline's jobs run; only what lies between the jobs (services, copies, processes) is missing.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tarfile
import tomllib
from pathlib import Path

CHANNELS = ("train", "validation")


def configure_training(base: Path, pipeline_file: Path) -> None:
    """Write what SageMaker writes under `/opt/ml/input/config`."""
    settings = tomllib.loads(pipeline_file.read_text(encoding="utf-8"))
    hyperparameters = settings["algorithm"]["hyperparameters"]
    config = base / "input/config"
    config.mkdir(parents=True)
    for name, content in {
        "hyperparameters": {key: str(value) for key, value in hyperparameters.items()},
        "inputdataconfig": {
            channel: {"ContentType": "text/csv", "TrainingInputMode": "File"}
            for channel in CHANNELS
        },
        "resourceconfig": {"current_host": "algo-1", "hosts": ["algo-1"]},
    }.items():
        (config / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


def folder_options(base: Path, names: tuple[str, ...]) -> list[str]:
    """Arguments `--<name>-dir FOLDER` of a job script."""
    places = {name: base / name for name in names}
    places |= {channel: base / "input/data" / channel for channel in CHANNELS if channel in names}
    return [part for name, place in places.items() for part in (f"--{name}-dir", str(place))]


def run(data: Path, seed_code: Path, rehearsal: Path, base: Path) -> int:
    """Do the three stages under `base`; return the exit code of the first that refuses."""
    scripts = seed_code / "source_scripts"
    sys.path[:0] = [str(scripts), str(rehearsal)]
    training = "rehearsal.containers.xgboost.algorithm_training"
    preprocess, train, evaluate = map(importlib.import_module, ("preprocess", training, "evaluate"))
    dataset = ["--dataset-file", str(seed_code / "dataset.toml")]
    prepared = folder_options(base, ("train", "validation", "test", "statistics"))
    given = ["--input-dir", str(data), "--input-url", f"{data}/", *dataset]
    if preprocess.main([*given, *prepared]) != 0:
        return 1
    configure_training(base, seed_code / "pipeline.toml")
    train.run(base)
    with tarfile.open(base / "model/model.tar.gz", "w:gz") as tar:
        tar.add(base / "model/xgboost-model", "xgboost-model")
    judged = folder_options(base, ("model", "statistics", "test", "package", "evaluation"))
    what = ["--task", "regression", "--metric", "mse", "--code-dir", str(scripts), *dataset]
    code: int = evaluate.main([*what, *judged])
    return code


def main() -> int:
    """Parse the folders and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of CSV files")
    parser.add_argument("--seed-code", type=Path, required=True, help="the build repository")
    parser.add_argument("--rehearsal", type=Path, required=True, help="holds the image's code")
    parser.add_argument("--base", type=Path, required=True, help="new folder for what is made")
    options = parser.parse_args()
    return run(options.data, options.seed_code, options.rehearsal, options.base)


if __name__ == "__main__":
    sys.exit(main())
