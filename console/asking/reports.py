"""Evaluation reports, which no later build changes: each is read once."""

from collections.abc import Mapping
from typing import Any

from ml_pipelines.card.registry import fetch_report, report_uri
from ml_pipelines.card.report import Report, ReportError, parse_report

from console.asking.account import Account
from console.asking.gaps import PageGaps
from console.words.shown import sentence


def read_report(account: Account, package: Mapping[str, Any], gaps: PageGaps) -> Report | None:
    """The report of a described version; None if it cannot be read."""
    uri = report_uri(package)

    def read() -> Report | None:
        s3 = account.client("s3")
        content = gaps.ask("Reports of evaluations", "s3", lambda: fetch_report(s3, uri), None)
        try:
            return None if content is None else parse_report(content, uri)
        except ReportError as error:
            gaps.tell(sentence(f"{error}"))
            return None

    return account.documents.get(("report", uri), read) if uri else None
