"""Command `propose-dataset`: look at a file of data and write both settings files for it.

It says what it took for what and why, and overwrites nothing that git does not have.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from dataset import Dataset
from metrics import SECTIONS, find_metric

from ml_pipelines.command_line import command_parser, run_command
from ml_pipelines.proposal.columns import ProposedColumn, propose_dataset, survey
from ml_pipelines.proposal.settings_files import (
    dataset_toml,
    first_gate,
    pipeline_toml,
    require_saved,
)
from ml_pipelines.proposal.table_file import TableFile, convert_parquet, is_parquet
from ml_pipelines.settings import DATASET_FILE, Project, read_dataset, read_project

EXAMPLES = """examples:
  propose-dataset customers.csv --label churn             columns, task and gate from the file
  propose-dataset customers.csv --label churn --upload    and the file into the project's bucket
  propose-dataset sales.parquet --label revenue           writes sales.csv beside it, too
  propose-dataset old.data --label y --columns x1,x2,y    a file without a header row
"""
_DIGITS = 12


def propose(arguments: argparse.Namespace, connect: Callable[[str], Any]) -> int:
    """Look at the file, write the settings, and upload the file if that is asked."""
    project = read_project(arguments.project_file)
    files = [DATASET_FILE, arguments.settings_file]
    if not arguments.replace:
        require_saved(files)
    path: Path = arguments.file
    if is_parquet(path):
        path = convert_parquet(path)
    names = [name.strip() for name in arguments.columns.split(",")] if arguments.columns else []
    table = TableFile.open(path, names)
    surveys = survey(table)
    dataset, proposed, task = propose_dataset(table, surveys, arguments.label, arguments.task)
    key = f"data/{table.digest()[:_DIGITS]}/{re.sub('[^A-Za-z0-9._-]', '-', path.name)}"
    url = f"s3://{project.ARTIFACT_BUCKET}/{key}"
    text = dataset_toml(dataset, {one.column.name: one.why for one in proposed})
    Dataset.parse(text)
    settings = arguments.settings_file.read_text(encoding="utf-8")
    changed = pipeline_toml(settings, dataset=dataset, task=task, url=url)
    DATASET_FILE.write_text(text, encoding="utf-8")
    arguments.settings_file.write_text(changed, encoding="utf-8")
    read_dataset()
    _tell(arguments, table, surveys[0].count, dataset, proposed, task, url)
    if arguments.upload:
        _upload(connect(project.AWS_REGION), path, project, key)
    return 0


def _tell(
    arguments: argparse.Namespace,
    table: TableFile,
    records: int,
    dataset: Dataset,
    proposed: list[ProposedColumn],
    task: str,
    url: str,
) -> None:
    metric, threshold = first_gate(dataset, task)
    if arguments.json:
        columns = [
            {"name": one.column.name, "type": one.column.type, "why": one.why} for one in proposed
        ]
        told = {"records": records, "columns": columns, "label": dataset.label, "task": task}
        told |= {"metric": metric, "threshold": threshold, "url": url}
        print(json.dumps(told))
        return
    form = dataset.file
    header = "a header" if form.header else "no header"
    print(
        f"{table.path.name}: {records} records in {form.encoding}, with {header}, columns by "
        f"{form.delimiter!r}, numbers with {form.decimal!r}"
        + (f"; empty: {', '.join(map(repr, form.missing))}" if form.missing else "")
    )
    width = min(max(len(one.column.name) for one in proposed), 40)
    for one in proposed:
        print(f"  {one.column.name:<{width}}  {one.column.type:<10}  {one.why}")
    relation = find_metric(metric, task).relation
    print(f"task: {task}; a version is registered with {metric} {relation} {threshold:g}")
    print(f"data: {url}" + ("" if arguments.upload else " (not uploaded; --upload does it)"))
    print("wrote dataset.toml and pipeline.toml; look at them, then commit and push.")


def _upload(s3: Any, path: Path, project: Project, key: str) -> None:
    s3.upload_file(
        str(path),
        project.ARTIFACT_BUCKET,
        key,
        ExtraArgs={"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": project.KMS_KEY_ARN},
    )
    print(f"uploaded {path.name}", file=sys.stderr)


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
    parser.add_argument("file", type=Path, help="the data")
    parser.add_argument("--label", required=True, help="the column to predict")
    parser.add_argument("--task", choices=tuple(SECTIONS), help="default: what fits the label")
    parser.add_argument("--columns", help="names, by commas, if the first row is no header")
    parser.add_argument("--upload", action="store_true", help="put the file into the bucket")
    parser.add_argument("--replace", action="store_true", help="write over uncommitted settings")
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    return run_command(parser, argv, lambda arguments: propose(arguments, connect))


if __name__ == "__main__":
    sys.exit(main())
