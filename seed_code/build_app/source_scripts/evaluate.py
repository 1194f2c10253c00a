"""Third stage: package the model as it will be served, and evaluate exactly that package.

1. take the model out of the training job's archive;
2. pack it with `code/` (the served scripts, packages that they need, `dataset.toml` and the fitted
   statistics) into a new `model.tar.gz`;
3. unpack that archive elsewhere, load it through the served functions, and send it the raw test
   records as a client would;
4. write `evaluation.json` with the metrics, one of which the pipeline's gate reads; with the
   numbers of the model card; with the digests of that archive and of the data, so that whoever
   deploys can tell that it is this model; and with a sample of records and what that archive
   predicts for them, so that an endpoint can be compared;
5. ask the version that is live for the same records, and say how the new one compares.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from comparison import UNKNOWN, Candidate, compare
from dataset import Dataset, DatasetError
from fields import RecordError
from importance import LISTED_COLUMNS
from metrics import SECTIONS
from model_input import Numbers, as_table
from overlap import DIGESTS
from quality import QualityError, card, measure, metric_value
from records import Records, read_records, write_records
from served_package import (
    CODE,
    SERVED_SCRIPTS,
    EvaluationError,
    ServedPackage,
    read_model,
    read_packages,
    write_package,
)
from shortening import shortened

SAMPLE_SIZE = 20
# With a card's numbers the whole report stays below 200 KB.
LARGEST_SAMPLE_BYTES = 80_000


def evaluate(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the five stages; return the report."""
    dataset_text = arguments.dataset_file.read_bytes()
    dataset = Dataset.parse(dataset_text)
    files = read_model(arguments.model_dir / "model.tar.gz")
    for script in SERVED_SCRIPTS:
        files[f"{CODE}/{script}"] = (arguments.code_dir / script).read_bytes()
    files |= read_packages(arguments.code_dir / "packages.tar.gz")
    files[f"{CODE}/dataset.toml"] = dataset_text
    files[f"{CODE}/statistics.json"] = (arguments.statistics_dir / "statistics.json").read_bytes()
    package = arguments.package_dir / "model.tar.gz"
    write_package(package, files)
    shutil.copy(arguments.statistics_dir / DIGESTS, arguments.package_dir)
    records, known = read_test(arguments.test_dir, dataset)
    rows, labels = records.rows, as_table(known)[:, 0]
    with ServedPackage.open(package) as served:
        predictions = served.predict(rows)
        task = arguments.task
        report = {
            "task": task,
            **measure(task, labels, predictions),
            "provenance": provenance(package, arguments.statistics_dir),
            "data": described(
                json.loads((arguments.statistics_dir / "data.json").read_text("utf-8"))
            ),
            "sample": sample(rows, predictions),
        }
        metric_value(report, task, arguments.metric)
        judged = (labels, predictions, rows, dataset.features)
        report["card"] = card(task, dataset.classes, *judged, served.predict, seed=0)
    candidate = Candidate(task, arguments.metric, dataset, records, known, predictions)
    report["comparison"] = compare(
        candidate, arguments.live_arn, arguments.live_dir, arguments.better_than_live_by
    )
    arguments.evaluation_dir.mkdir(parents=True, exist_ok=True)
    (arguments.evaluation_dir / "evaluation.json").write_text(to_json(report), encoding="utf-8")
    return report


def read_test(folder: Path, dataset: Dataset) -> tuple[Records, Records]:
    """Read the test split: raw records, and their labels."""
    records, labels = (
        read_records((folder / name).read_bytes(), columns, source=name)
        for name, columns in (
            ("records.csv", dataset.features),
            ("labels.csv", [dataset.label_column]),
        )
    )
    return records, labels


def provenance(package: Path, statistics_dir: Path) -> dict[str, str]:
    """Digests of the packaged archive and of the data that preprocessing read."""
    known = json.loads((statistics_dir / "provenance.json").read_text(encoding="utf-8"))
    return {
        "model_sha256": hashlib.sha256(package.read_bytes()).hexdigest(),
        "data_sha256": str(known["data_sha256"]),
    }


def described(data: dict[str, Any]) -> dict[str, Any]:
    """What preprocessing says of the data, with the 30 columns that lack most values."""
    lacking = sorted(data["missing"].items(), key=lambda item: -item[1])[:LISTED_COLUMNS]
    return {**data, "missing": {shortened(name): share for name, share in lacking}}


def sample(rows: Sequence[Sequence[str]], predictions: Numbers) -> dict[str, Any]:
    """The first test records that fit, as a client sends them, each with its prediction.

    The test split is already shuffled, by its seed: its first records are a random choice that is
    the same at each run. Records are left out as a whole, since a deployment sends them.

    Raises:
        EvaluationError: none fits.
    """
    kept: dict[str, list[Any]] = {"records": [], "predictions": []}
    left = LARGEST_SAMPLE_BYTES
    for row, prediction in zip(rows, predictions, strict=True):
        record = write_records([row]).removesuffix("\r\n")
        alone = {"sample": {"records": [record], "predictions": [prediction.tolist()]}}
        size = len(to_json(alone).encode())
        if size <= left:
            left -= size
            kept["records"].append(record)
            kept["predictions"].append(prediction.tolist())
        if len(kept["records"]) == SAMPLE_SIZE:
            break
    if not kept["records"]:
        raise EvaluationError(
            f"each test record takes more than {LARGEST_SAMPLE_BYTES:,} bytes, so none fits into "
            "the sample of evaluation.json; leave long texts out of the data."
        )
    return kept


def to_json(content: dict[str, Any]) -> str:
    """As the report is written."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--task", choices=tuple(SECTIONS), required=True)
    parser.add_argument("--metric", required=True, help="what the gate looks at")
    parser.add_argument("--dataset-file", type=Path, required=True, help="dataset.toml")
    parser.add_argument("--model-dir", type=Path, required=True, help="holds model.tar.gz")
    parser.add_argument("--code-dir", type=Path, required=True, help="holds the served scripts")
    parser.add_argument("--statistics-dir", type=Path, required=True)
    parser.add_argument("--test-dir", type=Path, required=True)
    parser.add_argument("--live-arn", default=UNKNOWN, help="of the version that is live, or none")
    parser.add_argument("--live-dir", type=Path, default=Path(), help="holds its model.tar.gz")
    parser.add_argument("--better-than-live-by", type=float, help="what the gate asks for")
    parser.add_argument("--package-dir", type=Path, required=True, help="gets model.tar.gz")
    parser.add_argument("--evaluation-dir", type=Path, required=True, help="gets evaluation.json")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Evaluate; a model that cannot be served ends in one sentence and exit code 1."""
    arguments = parse_arguments(argv)
    try:
        report = evaluate(arguments)
    except (DatasetError, EvaluationError, QualityError, RecordError) as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 1
    for name, metric in report[SECTIONS[arguments.task]].items():
        print(f"{name} on the test split: {metric['value']:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
