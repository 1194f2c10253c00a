"""Command `propose-dataset`: look at a file of data and write both settings files for it.

It says what it took for what and why, and overwrites nothing that git does not have.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from dataset import Dataset, DatasetError
from metrics import SECTIONS, find_metric

from ml_pipelines.command_line import (
    add_project_file,
    add_settings_file,
    command_parser,
    run_command,
)
from ml_pipelines.proposal.columns import ProposedColumn, propose_dataset, survey
from ml_pipelines.proposal.settings_files import (
    dataset_toml,
    first_gate,
    one_line,
    pipeline_toml,
    require_saved,
)
from ml_pipelines.proposal.table_file import TableFile, convert_parquet, is_parquet
from ml_pipelines.proposal.training_script import TRAINING_SCRIPT
from ml_pipelines.settings import (
    DATASET_FILE,
    SCRIPTS,
    Project,
    SettingsError,
    read_pipeline_settings,
    read_project,
)

EXAMPLES = """examples:
  propose-dataset customers.csv --label churn             columns, task and gate from the file
  propose-dataset customers.csv --label churn --upload    and the file into the project's bucket
  propose-dataset sales.parquet --label revenue           writes sales.csv beside it, too
  propose-dataset old.data --label y --columns x1,x2,y    a file without a header row
"""
_DIGITS = 12
_WIDEST_NAME = 40


@dataclass(frozen=True)
class Proposal:
    """What was made of a file.

    Attributes:
        path: the file that is to be uploaded.
        key: where it belongs in the project's bucket.
        url: the same as an address.
    """

    path: Path
    records: int
    dataset: Dataset
    columns: list[ProposedColumn]
    task: str
    key: str
    url: str


def propose(arguments: argparse.Namespace, connect: Callable[[str], Any]) -> int:
    """Look at the file, write the settings, and upload the file if that is asked."""
    project = read_project(arguments.project_file)
    read_pipeline_settings(arguments.settings_file)
    if not arguments.replace:
        require_saved([DATASET_FILE, arguments.settings_file])
    with _as_text(arguments.file) as path:
        proposal = _look(path, arguments, project)
        _write(proposal, arguments.settings_file, arguments.framework)
    if arguments.json:
        _tell_programs(proposal)
    else:
        _tell(proposal, is_uploaded=arguments.upload)
    if arguments.upload:
        _upload(connect(project.AWS_REGION), proposal, project)
    return 0


@contextmanager
def _as_text(file: Path) -> Iterator[Path]:
    """The file, or for Parquet a CSV file beside it, which stays if nothing is refused."""
    if not is_parquet(file):
        yield file
        return
    path = convert_parquet(file)
    try:
        yield path
    except (DatasetError, SettingsError):
        path.unlink()
        raise


def _look(path: Path, arguments: argparse.Namespace, project: Project) -> Proposal:
    names = [name.strip() for name in arguments.columns.split(",")] if arguments.columns else []
    table = TableFile.open(path, names)
    surveys = survey(table)
    dataset, columns, task = propose_dataset(table, surveys, arguments.label, arguments.task)
    key = f"data/{table.digest()[:_DIGITS]}/{re.sub('[^A-Za-z0-9._-]', '-', path.name)}"
    url = f"s3://{project.ARTIFACT_BUCKET}/{key}"
    return Proposal(path, surveys[0].count, dataset, columns, task, key, url)


def _write(proposal: Proposal, settings_file: Path, framework: str | None) -> None:
    """Write the settings, and for a framework without algorithm a script to begin with."""
    text = dataset_toml(proposal.dataset, {one.column.name: one.why for one in proposal.columns})
    Dataset.parse(text)
    changed = pipeline_toml(
        settings_file.read_text(encoding="utf-8"),
        dataset=proposal.dataset,
        task=proposal.task,
        url=proposal.url,
        framework=framework,
    )
    DATASET_FILE.write_text(text, encoding="utf-8")
    settings_file.write_text(changed, encoding="utf-8")
    name = read_pipeline_settings(settings_file).algorithm.script
    if name is not None and not (SCRIPTS / name).exists():
        (SCRIPTS / name).write_text(TRAINING_SCRIPT, encoding="utf-8")


def _tell_programs(proposal: Proposal) -> None:
    metric, threshold = first_gate(proposal.dataset, proposal.task)
    columns = [
        {"name": one.column.name, "type": one.column.type, "why": one.why}
        for one in proposal.columns
    ]
    told = {"records": proposal.records, "columns": columns, "label": proposal.dataset.label}
    gate = {"metric": metric, "threshold": threshold}
    print(json.dumps({**told, "task": proposal.task, **gate, "url": proposal.url}))


def _tell(proposal: Proposal, *, is_uploaded: bool) -> None:
    form = proposal.dataset.file
    header = "a header" if form.header else "no header"
    print(
        f"{proposal.path.name}: {proposal.records} records in {form.encoding}, with {header}, "
        f"columns by {form.delimiter!r}, numbers with {form.decimal!r}"
        + (f"; empty: {', '.join(map(repr, form.missing))}" if form.missing else "")
    )
    width = min(max(len(one.column.name) for one in proposal.columns), _WIDEST_NAME)
    for one in proposal.columns:
        print(f"  {one_line(one.column.name):<{width}}  {one.column.type:<10}  {one_line(one.why)}")
    metric, threshold = first_gate(proposal.dataset, proposal.task)
    relation = find_metric(metric, proposal.task).relation
    print(f"task: {proposal.task}; a version is registered with {metric} {relation} {threshold:g}")
    print(f"data: {proposal.url}" + ("" if is_uploaded else " (--upload puts it there)"))
    print("wrote dataset.toml and pipeline.toml; look at them, then commit and push.")


def _upload(s3: Any, proposal: Proposal, project: Project) -> None:
    s3.upload_file(
        str(proposal.path),
        project.ARTIFACT_BUCKET,
        proposal.key,
        ExtraArgs={"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": project.KMS_KEY_ARN},
    )
    print(f"uploaded {proposal.path.name}", file=sys.stderr)


def main(
    argv: list[str] | None = None,
    connect: Callable[[str], Any] = lambda region: boto3.client("s3", region_name=region),
) -> int:
    """Propose the settings."""
    parser = command_parser(
        "propose-dataset",
        description="Look at a CSV or Parquet file and write dataset.toml and pipeline.toml.",
        examples=EXAMPLES,
    )
    add_project_file(parser)
    add_settings_file(parser)
    parser.add_argument("file", type=Path, help="the data")
    parser.add_argument("--label", required=True, help="the column to predict")
    parser.add_argument("--task", choices=tuple(SECTIONS), help="default: what fits the label")
    parser.add_argument(
        "--framework",
        choices=("xgboost", "scikit-learn"),
        help="what trains (default: what pipeline.toml says); scikit-learn begins with a script",
    )
    parser.add_argument("--columns", help="names, by commas, if the first row is no header")
    parser.add_argument("--upload", action="store_true", help="put the file into the bucket")
    parser.add_argument("--replace", action="store_true", help="write over uncommitted settings")
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    return run_command(parser, argv, lambda arguments: propose(arguments, connect), (DatasetError,))


if __name__ == "__main__":
    sys.exit(main())
