"""Only a complete report of the pipeline is read."""

import json
from typing import Any

import pytest

from deploy_endpoint.errors import ModelPackageError
from deploy_endpoint.model.evaluation_report import parse_report, report_uri

from ..conftest import ARN, DATA_SHA256, PREDICTIONS, RECORDS, evaluation

URI = "s3://bucket/evaluation.json"
GOOD = evaluation("e" * 64)


def quality(**statistics: str) -> dict[str, Any]:
    return {"ModelPackageArn": ARN, "ModelMetrics": {"ModelQuality": {"Statistics": statistics}}}


def test_what_a_deployment_needs_is_read() -> None:
    report = parse_report(json.dumps(GOOD), URI)
    assert report.provenance.model_sha256 == "e" * 64
    assert report.provenance.data_sha256 == DATA_SHA256
    assert report.sample.records == RECORDS
    assert report.sample.predictions == [[number] for number in PREDICTIONS]


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"provenance": None}, "provenance"),
        ({"provenance": {"model_sha256": "e" * 64}}, "provenance.data_sha256"),
        (
            {"provenance": {"model_sha256": "E" * 64, "data_sha256": DATA_SHA256}},
            "provenance.model_sha256",
        ),
        ({"sample": {"records": [], "predictions": []}}, "sample.records"),
        ({"sample": {"records": ["M"], "predictions": ["many"]}}, "sample.predictions.0.0"),
    ],
)
def test_an_unusable_member_is_named(change: dict[str, Any], member: str) -> None:
    with pytest.raises(ModelPackageError) as error:
        parse_report(json.dumps(GOOD | change), URI)
    assert str(error.value) == (
        f"{URI} has no usable {member}; build the model again with the build repository's present "
        "version."
    )


@pytest.mark.parametrize("text", ["", "{", b"\xff"])
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ModelPackageError, match=r"evaluation\.json has no usable JSON; build"):
        parse_report(text, URI)


def test_every_record_needs_a_prediction() -> None:
    lacking = GOOD | {"sample": {"records": RECORDS, "predictions": PREDICTIONS[:1]}}
    with pytest.raises(ModelPackageError, match="has not one prediction a record; build the"):
        parse_report(json.dumps(lacking), URI)


def test_the_package_names_its_report() -> None:
    assert report_uri(quality(S3Uri=URI)) == URI


@pytest.mark.parametrize("package", [{"ModelPackageArn": ARN}, quality()])
def test_a_package_without_report_is_refused(package: dict[str, Any]) -> None:
    with pytest.raises(ModelPackageError, match="/7 names no evaluation report; register it by"):
        report_uri(package)
