"""Evaluation reports, which no later build changes: each is read once."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ml_pipelines.card.registry import fetch_report
from ml_pipelines.card.report import Report, ReportError, parse_report

from console.asking.account import Account
from console.asking.gaps import PageGaps

_MOST_KEPT = 200


@dataclass
class _Kept:
    """The reports of one process, by their addresses; those that were asked for last."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    reports: OrderedDict[str, Report] = field(default_factory=OrderedDict)

    def find(self, uri: str) -> Report | None:
        with self.lock:
            return self.reports.get(uri)

    def keep(self, uri: str, report: Report) -> None:
        with self.lock:
            self.reports[uri] = report
            if len(self.reports) > _MOST_KEPT:
                self.reports.popitem(last=False)


_kept = _Kept()


def report_uri(package: Mapping[str, Any]) -> str:
    """Where the report of a described version is; empty if it names none."""
    quality = (package.get("ModelMetrics") or {}).get("ModelQuality") or {}
    return str((quality.get("Statistics") or {}).get("S3Uri") or "")


def read_report(account: Account, package: Mapping[str, Any], gaps: PageGaps) -> Report | None:
    """The report of a described version; None if it cannot be read."""
    uri = report_uri(package)
    if not uri:
        return None
    known = _kept.find(uri)
    if known is not None:
        return known
    content = gaps.ask(
        "Reports of evaluations", "s3", lambda: fetch_report(account.client("s3"), uri), None
    )
    if content is None:
        return None
    try:
        report = parse_report(content, uri)
    except ReportError as error:
        gaps.tell(f"{error}"[:1].upper() + f"{error}"[1:])
        return None
    _kept.keep(uri, report)
    return report
