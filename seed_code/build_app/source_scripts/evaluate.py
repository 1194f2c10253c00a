"""Third stage: package the model as it will be served, and evaluate exactly that package.

1. take `xgboost-model` out of the training job's archive;
2. pack it with `code/` (the served scripts and the fitted statistics) into a new `model.tar.gz`;
3. unpack that archive elsewhere, load it through the served functions, and send it the raw test
   records as a client would;
4. write `evaluation.json` with the errors, which the pipeline's gate reads; with the digests of
   that archive and of the data, so that whoever deploys can tell that it is this model; and with a
   sample of records and what that archive predicts for them, so that an endpoint can be compared.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib
import io
import json
import sys
import tarfile
import tempfile
from pathlib import Path
from types import ModuleType

import numpy as np
from model_input import Numbers, as_table
from records import (
    COLUMNS,
    FEATURES,
    LABEL_POSITION,
    RecordError,
    parse_number,
    read_records,
    shown,
    write_records,
)

MODEL = "xgboost-model"
SERVED_SCRIPTS = ("inference.py", "model_input.py", "records.py")
SAMPLE_SIZE = 20


class EvaluationError(RuntimeError):
    """The model cannot be packaged or evaluated; the message says why."""


def read_model(archive: Path) -> bytes:
    """Return the trained model out of the training job's `model.tar.gz`.

    Raises:
        EvaluationError: the archive is missing or holds no model.
    """
    if not archive.is_file():
        raise EvaluationError(f"{archive} does not exist; check the training step's output.")
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and Path(member.name) == Path(MODEL):
                file = tar.extractfile(member)
                if file is not None:
                    return file.read()
    raise EvaluationError(f"{archive} holds no '{MODEL}'; check the training step's log.")


def write_package(path: Path, files: dict[str, bytes]) -> None:
    """Write a gzipped tar whose bytes depend on nothing but the files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as zipped,
        tarfile.open(mode="w", fileobj=zipped) as tar,
    ):
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(files[name]))


def import_served_code(folder: Path) -> ModuleType:
    """Import `inference` from the unpacked package, as the container does."""
    for script in SERVED_SCRIPTS:
        sys.modules.pop(Path(script).stem, None)
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("inference")
    finally:
        sys.path.remove(str(folder))


def unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the files of a package that this script made; any Python can do that."""
    for member in tar:
        content = tar.extractfile(member)
        if content is not None:
            target = folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())


def predict(package: Path, records: str) -> Numbers:
    """Unpack a package, load it and predict raw records through the served functions.

    Raises:
        EvaluationError: the served code refused the records, or answered no numbers.
    """
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(package) as tar:
            unpack(tar, Path(folder))
        served = import_served_code(Path(folder) / "code")
        model = served.model_fn(folder)
        answer = served.transform_fn(model, records, "text/csv", "text/csv")
    if not isinstance(answer, tuple):
        raise EvaluationError(
            f"the served code refused the test records: {answer.get_data(as_text=True)}"
        )
    return np.array([_prediction(line) for line in answer[0].splitlines()])


def _prediction(line: str) -> float:
    try:
        return parse_number(line)
    except ValueError as error:
        raise EvaluationError(f"the prediction {shown(line)} {error}; see transform_fn.") from error


def measure(predictions: Numbers, labels: Numbers) -> dict[str, dict[str, dict[str, float]]]:
    """Mean squared error and its companions, in the form of SageMaker's model quality report."""
    if predictions.shape != labels.shape:
        raise EvaluationError(
            f"{labels.size} test records gave {predictions.size} predictions; "
            "transform_fn must answer one line per record."
        )
    errors = predictions - labels
    squared = errors**2
    return {
        "regression_metrics": {
            "mse": {
                "value": float(squared.mean()),
                "standard_deviation": float(squared.std()),
            },
            "mae": {
                "value": float(np.abs(errors).mean()),
                "standard_deviation": float(np.abs(errors).std()),
            },
        }
    }


def provenance(package: Path, statistics_dir: Path) -> dict[str, str]:
    """Digests of the packaged archive and of the data that preprocessing read."""
    known = json.loads((statistics_dir / "provenance.json").read_text(encoding="utf-8"))
    return {
        "model_sha256": hashlib.sha256(package.read_bytes()).hexdigest(),
        "data_sha256": str(known["data_sha256"]),
    }


def sample(rows: list[list[str]], predictions: Numbers) -> dict[str, list[str] | list[float]]:
    """The first test records as a client sends them, each with its prediction.

    The test split is already shuffled, by its seed: its first records are a random choice that is
    the same at each run.
    """
    return {
        "records": [write_records([row]).removesuffix("\r\n") for row in rows[:SAMPLE_SIZE]],
        "predictions": predictions[:SAMPLE_SIZE].tolist(),
    }


def evaluate(arguments: argparse.Namespace) -> float:
    """Run the four stages; return the mean squared error."""
    files = {MODEL: read_model(arguments.model_dir / "model.tar.gz")}
    for script in SERVED_SCRIPTS:
        files[f"code/{script}"] = (arguments.code_dir / script).read_bytes()
    files["code/statistics.json"] = (arguments.statistics_dir / "statistics.json").read_bytes()
    package = arguments.package_dir / "model.tar.gz"
    write_package(package, files)
    records, labels = (
        read_records((arguments.test_dir / name).read_bytes(), columns, source=name)
        for name, columns in (("records.csv", FEATURES), ("labels.csv", [COLUMNS[LABEL_POSITION]]))
    )
    predictions = predict(package, write_records(records.rows))
    errors = measure(predictions, as_table(labels)[:, 0])
    report = {
        **errors,
        "provenance": provenance(package, arguments.statistics_dir),
        "sample": sample(records.rows, predictions),
    }
    arguments.evaluation_dir.mkdir(parents=True, exist_ok=True)
    (arguments.evaluation_dir / "evaluation.json").write_text(
        json.dumps(report, indent=2) + "\n", encoding="utf-8"
    )
    return errors["regression_metrics"]["mse"]["value"]


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model-dir", type=Path, required=True, help="holds model.tar.gz")
    parser.add_argument("--code-dir", type=Path, required=True, help="holds the served scripts")
    parser.add_argument("--statistics-dir", type=Path, required=True)
    parser.add_argument("--test-dir", type=Path, required=True)
    parser.add_argument("--package-dir", type=Path, required=True, help="gets model.tar.gz")
    parser.add_argument("--evaluation-dir", type=Path, required=True, help="gets evaluation.json")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Evaluate; a model that cannot be served ends in one sentence and exit code 1."""
    try:
        mse = evaluate(parse_arguments(argv))
    except (EvaluationError, RecordError) as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 1
    print(f"mean squared error on the test split: {mse:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
