"""A record goes to the endpoint as it was filled in, and comes back beside the answer."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.response import StreamingBody

from console.errors import NoPageError
from console.pages.ask import ask_endpoint
from console.serving.page import Page, Visit, render_panel
from tests.unit.console.stubbed_account import PROJECT, StubbedAccount, stubbed_account

HOSTILE = "</option><script>alert(1)</script>"
CLASSES = "low, mid, high"


@pytest.fixture
def stubbed(request: pytest.FixtureRequest) -> Iterator[StubbedAccount]:
    """An account whose stage dev serves version 4, of the columns sex and length."""
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
    with stubbed_account() as account:
        account.has_ledger({"dev": 4})
        account.has_version(
            4,
            ModelMetrics={
                "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": uri}}
            },
            ModelCard={
                "ModelCardContent": json.dumps(content),
                "ModelCardStatus": "Draft",
            },
        )
        account.has_object(report, times=2)
        yield account


def _answers(stubbed: StubbedAccount, body: str, content: Any) -> None:
    told = json.dumps(content).encode()
    stubbed.stub("sagemaker-runtime").add_response(
        "invoke_endpoint",
        {
            "Body": StreamingBody(io.BytesIO(told), len(told)),
            "ContentType": "application/json",
            "InvokedProductionVariant": "AllTraffic",
        },
        {
            "EndpointName": "rings-dev",
            "ContentType": "text/csv",
            "Accept": "application/json",
            "Body": body.encode(),
        },
    )


def _ask(stubbed: StubbedAccount, given: Mapping[str, str]) -> tuple[Page, str]:
    visit = Visit(stubbed.account, {"group": PROJECT.group, "stage": "dev"}, "csrf")
    page = ask_endpoint(visit, given)
    return page, "".join(render_panel(panel, {}, "csrf") for panel in page.panels)


def _fields(*values: str) -> dict[str, str]:
    return {"version": "4", **{f"field-{n}": value for n, value in enumerate(values)}}


def test_the_answer_stands_above_the_form_with_what_was_typed(stubbed: StubbedAccount) -> None:
    _answers(stubbed, "M,1.5", {"predictions": [{"score": 9.25}]})
    page, text = _ask(stubbed, _fields("M", "1.5"))
    assert "rings: <strong>9.25</strong>" in text
    assert "it gave 9.5 for this record" in text
    assert 'name="field-0" value="M"' in text
    assert 'name="field-1" value="1.5"' in text
    assert not page.is_live


def test_names_and_values_are_quoted_and_escaped(stubbed: StubbedAccount) -> None:
    _answers(stubbed, f'"a, ""b""",{HOSTILE}', {"predictions": [{"score": 1}]})
    _, text = _ask(stubbed, _fields('a, "b"', HOSTILE))
    assert HOSTILE not in text
    assert "&lt;/option&gt;" in text
    assert "evaluated" not in text


def test_classes_are_shown_with_their_scores(stubbed: StubbedAccount) -> None:
    told = {"predicted_label": "mid", "score": [0.1, 0.7, 0.2]}
    _answers(stubbed, "M,2", {"predictions": [told]})
    _, text = _ask(stubbed, _fields("M", "2"))
    assert "<strong>mid</strong>" in text
    for line in ("low: 0.1", "mid: 0.7", "high: 0.2"):
        assert f"<li>{line}</li>" in text


def test_several_records_and_answers_of_another_form_are_shown_as_they_come(
    stubbed: StubbedAccount,
) -> None:
    _answers(stubbed, "M,2\nF,3", ["<b>other</b>"])
    _, text = _ask(stubbed, {"record": "M,2\r\nF,3\r\n"})
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
    stubbed: StubbedAccount, status: int, sentence: str
) -> None:
    said = "row 1:\ncolumn 'length' is missing."
    stubbed.stub("sagemaker-runtime").add_client_error(
        "invoke_endpoint",
        "ModelError",
        "long",
        424,
        modeled_fields={"OriginalStatusCode": status, "OriginalMessage": said},
    )
    _, text = _ask(stubbed, {"record": "M"})
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
def test_a_refusal_of_aws_is_a_line(stubbed: StubbedAccount, code: str, line: str) -> None:
    stubbed.stub("sagemaker-runtime").add_client_error(
        "invoke_endpoint", code, "Endpoint rings-dev of account 1 not found."
    )
    visit = Visit(stubbed.account, {"group": PROJECT.group, "stage": "dev"}, "csrf")
    answer = ask_endpoint(visit, _fields("M", "1")).panels[0].arrange({})
    assert answer["lines"] == [f"The endpoint's answer: not known, since {line}"]
    assert answer["told"] is None


def test_a_form_of_another_version_is_not_sent_and_keeps_its_values(
    stubbed: StubbedAccount,
) -> None:
    _, text = _ask(stubbed, {**_fields("I", "7"), "version": "3"})
    assert "Not sent: The stage serves version 4 by now" in text
    assert 'name="field-0" value="I"' in text
    assert 'name="version" value="4"' in text


def test_no_record_is_sent_where_no_stage_can_be() -> None:
    with stubbed_account() as stubbed, pytest.raises(NoPageError, match="No stage is called"):
        ask_endpoint(Visit(stubbed.account, {"group": PROJECT.group, "stage": "../x"}, "csrf"), {})
