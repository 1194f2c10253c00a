"""The page of a version shows what is known of it, whatever that says."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from deploy_dispatch.ledger import Decisions
from deploy_dispatch.stage_record import Presence, StageRecord
from operations.github_access import GithubAccess
from tests.unit.console.browsing import Shown, browser_of
from tests.unit.console.made_up_project import ARN, GROUP, MadeUpProject

_HERE = f"/projects/{GROUP}/versions/3"
_HOSTILE = "<script>alert(1)</script>\u202e\x00 & \"quoted' {{ 7*7 }}"
_SHOWN = "<script>alert(1)</script>\ufffd\ufffd & \"quoted' {{ 7*7 }}"
_COMMIT = "0123456789abcdef0123456789abcdef01234567"
_REPORT = {
    "regression_metrics": {"mse": {"value": 4.5, "confidence_interval": [4.0, 5.0]}},
    "provenance": {"model_sha256": "ab" * 32, "data_sha256": "cd" * 32},
}
_GATE = {"gate-metric": "mse", "gate-threshold": "6"}
_RUN = "https://github.com/octo/Rings-deploy/actions/runs/7"


def project_of(
    text: str = "fine",
    who: str = "anna",
    run: str = _RUN,
    access: GithubAccess | None = None,
    **more: Any,
) -> MadeUpProject:
    """A version that says a text in every field, is served in dev, and waits for prod."""
    # Reports are read once.
    quality = {"S3Uri": f"s3://bucket/{len(text)}.json", "ContentType": "application/json"}
    given = {
        "ApprovalDescription": text,
        "ModelLifeCycle": {"Stage": text, "StageStatus": text, "StageDescription": text},
        "InferenceSpecification": {"Containers": [{"Image": text, "ModelDataUrl": text}]},
        "LastModifiedBy": {"IamIdentity": {"Arn": text}},
        "CreatedBy": {"UserProfileArn": text},
        "ModelMetrics": {"ModelQuality": {"Statistics": quality}},
        "CustomerMetadataProperties": {"commit": text, "pipeline-execution": text, **_GATE},
    }
    presence = Presence(
        healthy="2026-11-27T12:00:00.000Z", ended="2026-11-27T12:00:01.000Z",
        outcome="deployed", run=run, tried=1,
    )  # fmt: skip
    decided = Decisions(
        f"{ARN}/3", is_approved=True, approved_by=who, number=1, gate="prod",
        opened_by={"test": who},
    )  # fmt: skip
    project = MadeUpProject(access=access)
    project.add(3, **{**given, **more})
    project.has_report({**_REPORT, "undefined_metrics": {text: text}})
    project.write({"dev": StageRecord({f"{ARN}/3": presence}, f"{ARN}/3")}, decided)
    return project


def _look(project: MadeUpProject, path: str = _HERE) -> Shown:
    with browser_of(project.account) as browser:
        return browser.get(path)


def test_a_version_is_shown_with_its_card_its_decision_its_stages_and_its_origin(
    access: GithubAccess,
) -> None:
    metadata = {"commit": _COMMIT, **_GATE}
    shown = _look(project_of(access=access, CustomerMetadataProperties=metadata))
    for words in (
        "Version 3 Decision approved Comment fine Approved by anna Gate of test opened by anna",
        "Open the gate of prod …",
        "dev serves 2026-11-27 12:00:00 UTC",
        "Mean squared error 4.5 passes the gate of at most 6.",
        f"Commit {_COMMIT}",
        f"SHA-256 of the data {'cd' * 32}",
    ):
        assert words in shown.words
    address = f"https://github.example/octo/Rings-build/commit/{_COMMIT}"
    assert f'<a href="{address}">' in shown.source
    assert f'<a href="{_RUN}">deployed</a>' in shown.source
    assert '<link rel="stylesheet" href="/static/card.css">' in shown.source


def test_headings_have_no_gap() -> None:
    source = _look(project_of()).source
    levels = [int(part[0]) for part in source.split("<h")[1:] if part[0].isdigit()]
    assert levels[0] == 1
    assert max(levels) == 4
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_whatever_aws_says_is_text(access: GithubAccess) -> None:
    shown = _look(project_of(_HOSTILE, _HOSTILE, f"javascript:{_HOSTILE}", access))
    assert "<script>alert" not in shown.source
    assert "\u202e" not in shown.source
    assert "\x00" not in shown.source
    assert 'href="javascript' not in shown.source
    for name in ("Comment", "Approved by", "Gate of test opened by", "Commit", "Execution"):
        assert f"{name} {_SHOWN}" in shown.words
    assert shown.words.count(_SHOWN) > 12


def test_to_whom_the_ledger_is_closed_the_registry_tells() -> None:
    metadata = {
        "approved-by": "anna",
        "approved-by-prod": "bert",
        "dev-healthy": "2026-11-27T12:00:00.000Z",
        "dev-last": "2026-11-27T12:00:00.000Z deployed",
        "prod-removed": "2026-11-27T12:00:00.000Z",
        "prod-healthy": "2026-11-26T12:00:00.000Z",
        "prod-last": "2026-11-27T12:00:00.000Z rolled_back",
    }
    project = project_of(CustomerMetadataProperties=metadata)
    project.close_ledger()
    words = _look(project).words
    assert "Approved by anna Let into prod by bert" in words
    assert "dev serves 2026-11-27 12:00:00 UTC deployed" in words
    assert "prod no more 2026-11-26 12:00:00 UTC 2026-11-27 12:00:00 UTC rolled back" in words
    assert "As the model registry tells it." in words
    assert "not known, since the right dynamodb:BatchGetItem is missing" in words


def test_a_version_without_a_report_is_shown_without_a_card() -> None:
    shown = _look(project_of(ModelMetrics={}))
    assert "names no evaluation report that can be shown" in shown.words
    assert "Approved by anna" in shown.words


@pytest.mark.parametrize("number", ["0", "03", "-1", "x", "1" * 10, "٣"])
def test_what_is_no_number_of_a_version_is_no_page(number: str) -> None:
    shown = _look(MadeUpProject(), f"/projects/{GROUP}/versions/{number}")
    assert shown.status == 404
    assert "versions are numbered from 1" in shown.words
