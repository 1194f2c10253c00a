"""A record goes to the endpoint as it was filled in, and comes back beside the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from console.errors import NoPageError
from console.pages.ask import ask_endpoint
from console.serving.page import Page, Visit, render_panel
from deploy_dispatch.stage_record import StageRecord
from tests.console.made_up_aws import Refusal
from tests.unit.console.made_up_project import ARN, GROUP, MadeUpProject

HOSTILE = "</option><script>alert(1)</script>"
CLASSES = "low, mid, high"


@pytest.fixture
def project(request: pytest.FixtureRequest) -> MadeUpProject:
    """A project whose stage dev serves version 4, of the columns sex and length."""
    uri = f"s3://bucket/{request.node.name}/evaluation.json"
    sample = {"records": ["M,1.5", "F,2"], "predictions": [9.5, 10.25]}
    digests = {"model_sha256": "0" * 64, "data_sha256": "1" * 64}
    report = {
        "sample": sample,
        "provenance": digests,
        "regression_metrics": {"mse": {"value": 2.0}},
    }
    details = {"label": "rings", "columns": "sex, length", "classes": CLASSES}
    content = {"additional_information": {"custom_details": details}}
    quality = {"Statistics": {"ContentType": "application/json", "S3Uri": uri}}
    card = {"ModelCardContent": json.dumps(content), "ModelCardStatus": "Draft"}
    project = MadeUpProject()
    project.write({"dev": StageRecord(serves=f"{ARN}/4")})
    project.add(4, ModelMetrics={"ModelQuality": quality}, ModelCard=card)
    project.has_report(report)
    return project


def _answers(project: MadeUpProject, content: Any) -> None:
    told = {"Body": json.dumps(content).encode(), "ContentType": "application/json"}
    project.account.answers["InvokeEndpoint"] = told


def _sent(project: MadeUpProject) -> list[str]:
    """The records that reached the endpoint."""
    asked = project.account.asked_of("InvokeEndpoint")
    forms = {"EndpointName": "Rings-dev", "ContentType": "text/csv", "Accept": "application/json"}
    assert all({**one, **forms} == one for one in asked)
    return [one["Body"].decode() for one in asked]


def _visit(project: MadeUpProject, stage: str = "dev") -> Visit:
    return Visit(project.account, {"group": GROUP, "stage": stage})


def _ask(project: MadeUpProject, given: Mapping[str, str]) -> tuple[Page, str]:
    page = ask_endpoint(_visit(project), given)
    return page, "".join(render_panel(panel, {}, "csrf") for panel in page.panels)


def _fields(*values: str) -> dict[str, str]:
    return {"version": "4", **{f"field-{n}": value for n, value in enumerate(values)}}


def test_the_answer_stands_above_the_form_with_what_was_typed(project: MadeUpProject) -> None:
    _answers(project, {"predictions": [{"score": 9.25}]})
    page, text = _ask(project, _fields("M", "1.5"))
    assert _sent(project) == ["M,1.5"]
    assert "rings: <strong>9.25</strong>" in text
    assert "it gave 9.5 for this record" in text
    assert 'name="field-0" value="M"' in text
    assert 'name="field-1" value="1.5"' in text
    assert not page.is_live


def test_names_and_values_are_quoted_and_escaped(project: MadeUpProject) -> None:
    _answers(project, {"predictions": [{"score": 1}]})
    _, text = _ask(project, _fields('a, "b"', HOSTILE))
    assert _sent(project) == [f'"a, ""b""",{HOSTILE}']
    assert HOSTILE not in text
    assert "&lt;/option&gt;" in text
    assert "evaluated" not in text


def test_classes_are_shown_with_their_scores(project: MadeUpProject) -> None:
    told = {"predicted_label": "mid", "score": [0.1, 0.7, 0.2]}
    _answers(project, {"predictions": [told]})
    _, text = _ask(project, _fields("M", "2"))
    assert _sent(project) == ["M,2"]
    assert "<strong>mid</strong>" in text
    for line in ("low: 0.1", "mid: 0.7", "high: 0.2"):
        assert f"<li>{line}</li>" in text


def test_several_records_and_answers_of_another_form_are_shown_as_they_come(
    project: MadeUpProject,
) -> None:
    _answers(project, ["<b>other</b>"])
    _, text = _ask(project, {"record": "M,2\r\nF,3\r\n"})
    assert _sent(project) == ["M,2\nF,3"]
    assert "&lt;b&gt;other&lt;/b&gt;" in text
    assert "<strong>rings</strong>" in text
    assert "M,2\nF,3</textarea>" in text


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (400, "The endpoint refused the record (400): row 1: column &#39;length&#39; is missing."),
        (500, "The model failed (500): row 1: column &#39;length&#39; is missing. Its log group "),
    ],
)
def test_a_refusal_of_the_endpoint_is_a_sentence(
    project: MadeUpProject, status: int, sentence: str
) -> None:
    said = "row 1:\ncolumn 'length' is missing."
    more = {"OriginalStatusCode": status, "OriginalMessage": said}
    project.account.answers["InvokeEndpoint"] = Refusal("ModelError", "long", more)
    _, text = _ask(project, {"record": "M"})
    assert sentence in text
    assert "M</textarea>" in text
    assert 'id="ask-line" open' in text


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("AccessDeniedException", "the right sagemaker:InvokeEndpoint is missing."),
        ("ValidationError", "ValidationError: Endpoint rings-dev of account 1 not found."),
    ],
)
def test_a_refusal_of_aws_is_a_line(project: MadeUpProject, code: str, line: str) -> None:
    said = "Endpoint rings-dev of account 1 not found."
    project.account.answers["InvokeEndpoint"] = Refusal(code, said)
    answer = ask_endpoint(_visit(project), _fields("M", "1")).panels[0].arrange({})
    assert answer["lines"] == [f"The endpoint's answer: not known, since {line}"]
    assert answer["told"] is None


def test_a_form_of_another_version_is_not_sent_and_keeps_its_values(
    project: MadeUpProject,
) -> None:
    _, text = _ask(project, {**_fields("I", "7"), "version": "3"})
    assert "Not sent: The stage serves version 4 by now" in text
    assert 'name="field-0" value="I"' in text
    assert 'name="version" value="4"' in text
    assert _sent(project) == []


def test_no_record_is_sent_where_no_stage_can_be(project: MadeUpProject) -> None:
    with pytest.raises(NoPageError, match="No stage is called"):
        ask_endpoint(_visit(project, "../x"), {})
    assert _sent(project) == []
