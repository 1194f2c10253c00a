"""The page of a version shows what is known of it, whatever that says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest

from deploy_dispatch.ledger import Decisions
from deploy_dispatch.stage_record import Presence, StageRecord
from tests.unit.console.browsing import browser_of
from tests.unit.console.ledger_table import ARN, GROUP, Table
from tests.unit.console.made_up_account import account_of
from tests.unit.console.made_up_registry import SageMaker, refusal

_HERE = f"/projects/{GROUP}/versions/3"
_HOSTILE = "<script>alert(1)</script>\u202e\x00 & \"quoted' {{ 7*7 }}"
_SHOWN = "<script>alert(1)</script>\ufffd\ufffd & \"quoted' {{ 7*7 }}"
_COMMIT = "0123456789abcdef0123456789abcdef01234567"
_STAGES = """
stages:
  - {name: dev, approval: automatic, serving: {mode: serverless}}
  - {name: prod, approval: registry, serving: {mode: serverless}}
"""
_REPORT = {
    "regression_metrics": {"mse": {"value": 4.5, "confidence_interval": [4.0, 5.0]}},
    "provenance": {"model_sha256": "ab" * 32, "data_sha256": "cd" * 32},
}
_RUN = "https://github.com/octo/Rings-deploy/actions/runs/7"


class Bucket:
    """Has one report."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        self.report = report

    def get_object(self, **_: Any) -> Mapping[str, Any]:
        return {"Body": BytesIO(json.dumps(self.report).encode())}


class Closed:
    """DynamoDB to whom it is closed."""

    def batch_get_item(self, **_: Any) -> None:
        message = "not authorized to perform: dynamodb:BatchGetItem on resource: x"
        raise refusal("AccessDeniedException", message, "BatchGetItem")


def registry(text: str = "fine", uri: str = "s3://bucket/fine.json", **more: Any) -> SageMaker:
    """A version whose every field says so."""
    sagemaker = SageMaker()
    quality = {"Statistics": {"S3Uri": uri, "ContentType": "application/json"}}
    given = {
        "ApprovalDescription": text,
        "ModelLifeCycle": {"Stage": text, "StageStatus": text, "StageDescription": text},
        "InferenceSpecification": {"Containers": [{"Image": text, "ModelDataUrl": text}]},
        "LastModifiedBy": {"IamIdentity": {"Arn": text}},
        "CreatedBy": {"UserProfileArn": text},
        "ModelMetrics": {"ModelQuality": quality},
        "CustomerMetadataProperties": {
            "commit": text,
            "pipeline-execution": text,
            "gate-metric": "mse",
            "gate-threshold": "6",
        },
    }
    sagemaker.add(3, "Approved", **{**given, **more})
    return sagemaker


def table_of(text: str = "anna", run: str = _RUN) -> Table:
    """The version served in dev, and waits for prod."""
    table = Table()
    presence = Presence(
        healthy="2026-11-27T12:00:00.000Z", ended="2026-11-27T12:00:01.000Z",
        outcome="deployed", run=run, tried=1,
    )  # fmt: skip
    decided = Decisions(
        f"{ARN}/3", is_approved=True, approved_by=text, number=1, gate="prod",
        opened_by={"test": text},
    )  # fmt: skip
    table.write({"dev": StageRecord({f"{ARN}/3": presence}, f"{ARN}/3")}, decided)
    return table


def test_a_version_is_shown_with_its_card_its_decision_its_stages_and_its_origin() -> None:
    metadata = {"commit": _COMMIT, "gate-metric": "mse", "gate-threshold": "6"}
    sagemaker = registry(CustomerMetadataProperties=metadata)
    account = account_of(
        stages=_STAGES, sagemaker=sagemaker, dynamodb=table_of(), s3=Bucket(_REPORT)
    )
    with browser_of(account) as browser:
        shown = browser.get(_HERE)
    for words in (
        "Version 3 Decision Approved Comment fine Approved by anna Gate of test opened by anna",
        "Open the gate of prod …",
        "dev serves 2026-11-27 12:00:00 UTC",
        "Mean squared error 4.5 passes the gate of at most 6.",
        f"Commit {_COMMIT}",
        f"SHA-256 of the data {'cd' * 32}",
    ):
        assert words in shown.words
    address = f"https://github.com/octo/Rings-build/commit/{_COMMIT}"
    assert f'<a href="{address}">' in shown.source
    assert f'<a href="{_RUN}">deployed</a>' in shown.source
    assert '<link rel="stylesheet" href="/static/card.css">' in shown.source


def test_headings_have_no_gap() -> None:
    account = account_of(
        sagemaker=registry(uri="s3://bucket/headings.json"), dynamodb=table_of(), s3=Bucket(_REPORT)
    )
    with browser_of(account) as browser:
        source = browser.get(_HERE).source
    levels = [int(part[0]) for part in source.split("<h")[1:] if part[0].isdigit()]
    assert levels[0] == 1
    assert max(levels) == 4
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_whatever_aws_says_is_text() -> None:
    report = {**_REPORT, "undefined_metrics": {_HOSTILE: _HOSTILE}}
    sagemaker = registry(_HOSTILE, "s3://bucket/hostile.json")
    account = account_of(
        stages=_STAGES,
        sagemaker=sagemaker,
        dynamodb=table_of(_HOSTILE, f"javascript:{_HOSTILE}"),
        s3=Bucket(report),
    )
    with browser_of(account) as browser:
        shown = browser.get(_HERE)
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
    sagemaker = registry(CustomerMetadataProperties=metadata)
    account = account_of(sagemaker=sagemaker, dynamodb=Closed(), s3=Bucket(_REPORT))
    with browser_of(account) as browser:
        words = browser.get(_HERE).words
    assert "Approved by anna Let into prod by bert" in words
    assert "dev serves 2026-11-27 12:00:00 UTC deployed" in words
    assert "prod no more 2026-11-26 12:00:00 UTC 2026-11-27 12:00:00 UTC rolled back" in words
    assert "As the model registry tells it." in words
    assert "not known, since the right dynamodb:BatchGetItem is missing" in words


def test_a_version_without_a_report_is_shown_without_a_card() -> None:
    account = account_of(sagemaker=registry(ModelMetrics={}), dynamodb=table_of())
    with browser_of(account) as browser:
        shown = browser.get(_HERE)
    assert "names no evaluation report that can be shown" in shown.words
    assert "Approved by anna" in shown.words


def test_a_version_that_is_not_there_is_told() -> None:
    account = account_of(sagemaker=SageMaker(), dynamodb=Table())
    with browser_of(account) as browser:
        assert "There is no version 3: it was deleted, or never registered." in (
            browser.get(_HERE).words
        )


@pytest.mark.parametrize("number", ["0", "03", "-1", "x", "1" * 10, "٣"])
def test_what_is_no_number_of_a_version_is_no_page(number: str) -> None:
    with browser_of(account_of()) as browser:
        shown = browser.get(f"/projects/{GROUP}/versions/{number}")
    assert shown.status == 404
    assert "versions are numbered from 1" in shown.words
