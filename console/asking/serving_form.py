"""Finds how one asks the endpoint of a stage: the version that it serves, and its columns."""

import re
from collections.abc import Mapping
from typing import Any

from dataset import Dataset, DatasetError
from ml_pipelines.card.registry import fetch_report, report_uri

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from console.asking.project import owner_of
from console.asking.record_form import RecordForm, details_of, form_of
from console.asking.repositories import find_stage, read_file
from console.asking.standing import serving_version
from console.words.shown import sentence
from deploy_endpoint.errors import ModelPackageError
from deploy_endpoint.model.evaluation_report import Sample, parse_report

_FRESH_SECONDS = 10.0
_DATASET_FILE = "dataset.toml"
_COMMIT = re.compile(r"[0-9a-f]{40}")


def form_question(account: Account, project: ProjectNames, stage: str) -> Question:
    """Ask how one asks a stage's endpoint."""
    return Question(
        "form",
        (project.group, stage),
        lambda gaps: find_form(account, project, stage, gaps),
        _FRESH_SECONDS,
    )


def find_form(account: Account, project: ProjectNames, stage: str, gaps: PageGaps) -> RecordForm:
    """Find the columns of the version that a stage serves; a form for a line if they are unknown.

    As many requests whatever the version is: the ledger, the version, and once in its life its
    report and its `dataset.toml`.
    """
    serving = serving_version(account, project, stage, gaps)
    version = serving.version
    if version is None:
        if not serving.is_noted:
            find_stage(account, project, stage, gaps)
        return RecordForm(why="it is not known which version the stage serves")
    return form_of(
        str(version.number),
        details_of(version.package),
        _sample(account, version.package, gaps),
        _dataset(account, project, version.metadata.get("commit", ""), gaps),
    )


def _sample(account: Account, package: Mapping[str, Any], gaps: PageGaps) -> Sample | None:
    uri = report_uri(package)

    def read() -> Sample | None:
        s3 = account.client("s3")
        content = gaps.ask("Example records", "s3", lambda: fetch_report(s3, uri), None)
        try:
            return None if content is None else parse_report(content, uri).sample
        except ModelPackageError as error:
            gaps.tell(str(error))
            return None

    return account.documents.get(("sample", uri), read) if uri else None


def _dataset(
    account: Account, project: ProjectNames, commit: str, gaps: PageGaps
) -> Dataset | None:
    # Without a token the card tells the columns; that GitHub is left out, other panels say.
    if account.github is None or not _COMMIT.fullmatch(commit):
        return None

    def read() -> Dataset | None:
        owner = owner_of(account, project, "Columns", gaps)
        if not owner:
            return None
        name = f"{owner}/{project.build_repository}"
        content = gaps.ask_github(
            "Types of the columns", lambda: read_file(account, name, _DATASET_FILE, commit), None
        )
        try:
            return None if content is None else Dataset.parse(content)
        except DatasetError as error:
            gaps.tell(sentence(f"{error}"))
            return None

    return account.documents.get(("dataset", project.group, commit), read)
