"""What a card says can stand in another page, below that page's headings."""

from __future__ import annotations

import re
from xml.etree.ElementTree import tostring

import pytest
from ml_pipelines.card.page import page
from ml_pipelines.card.registry import version_of
from ml_pipelines.card.report import ReportError
from ml_pipelines.card.sections import sections

from .reports import ARN, COMMIT, EXECUTION, REPORTS, report, version


def _html(task: str, level: int = 2) -> str:
    parts = sections(report(task), version(), level)
    return "".join(tostring(part, encoding="unicode", method="html") for part in parts)


@pytest.mark.parametrize("task", REPORTS)
def test_a_page_has_the_sections_as_they_are(task: str) -> None:
    assert f"<main>{_html(task)}</main>" in page(report(task), version())


@pytest.mark.parametrize("task", REPORTS)
def test_only_headings_differ_by_the_level(task: str) -> None:
    def levels(text: str) -> list[int]:
        return [int(level) for level in re.findall(r"<h(\d)", text)]

    own, embedded = _html(task), _html(task, 4)
    assert set(levels(own)) == {2, 3}
    assert levels(embedded) == [level + 2 for level in levels(own)]
    assert re.sub(r"(</?h)\d", r"\1", embedded) == re.sub(r"(</?h)\d", r"\1", own)


@pytest.mark.parametrize("task", REPORTS)
def test_sections_bring_no_style_of_their_own(task: str) -> None:
    assert not re.search(r"<style|<script|\sstyle=|\son[a-z]+=", _html(task))


def test_a_version_is_read_of_its_description() -> None:
    known = version()
    package = {
        "ModelPackageGroupName": known.group,
        "ModelPackageVersion": known.number,
        "ModelPackageArn": ARN,
        "ModelApprovalStatus": known.approval,
        "CreationTime": known.created,
        "ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": known.report_uri}}},
        "CustomerMetadataProperties": {"commit": COMMIT, "pipeline-execution": EXECUTION},
    }
    assert version_of(package) == known
    with pytest.raises(ReportError, match="names no evaluation report; build the model again"):
        version_of({**package, "ModelMetrics": {}})
