"""A form has the columns, whatever they are called; a record that it makes is that record."""

from __future__ import annotations

import csv
import io

import pytest
from dataset import Dataset
from hypothesis import given
from hypothesis import strategies as st

from console.asking.record_form import (
    MOST_FIELDS,
    Field,
    RecordForm,
    body_of,
    details_of,
    form_of,
)
from console.errors import RecordRefusedError
from deploy_endpoint.model.evaluation_report import Sample

NAMES = ["ring size", "größe", "<b>", 'say "x"', "a.b", "選択"]
# What a browser sends of an input: no line ends, nothing that UTF-8 cannot hold.
TYPED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=30)
ABALONE = Dataset.parse("""
label = "rings"
[columns]
sex = { type = "category", values = ["F", "I", "M"] }
"shell, weight" = { type = "number", minimum = 0, maximum = 1e-5, empty = "refuse" }
colour = { type = "category", values = ["red", "blue"], empty = "red" }
note = { type = "text" }
rings = { type = "number" }
""")


def _details(**told: str) -> dict[str, str]:
    return {"label": "y", "classes": "", "columns": "", "unused_columns": "", **told}


def _sample(*records: str) -> Sample:
    return Sample(records=list(records), predictions=[[1.5]] * len(records))


def _line(values: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue().removesuffix("\r\n")


def _filled(form: RecordForm, values: list[str]) -> dict[str, str]:
    fields = {f"field-{position}": value for position, value in enumerate(values)}
    return {"version": form.version, **fields}


def test_columns_are_those_of_the_data_in_their_order_with_what_they_may_hold() -> None:
    form = form_of("3", _details(), _sample('M,1e-6,red,"a, b"'), ABALONE)
    assert form.why == ""
    assert form.label == "rings"
    assert list(form.fields) == [
        Field("sex", "category", ("F", "I", "M")),
        Field("shell, weight", "number", (), "0.0", "1e-05"),
        Field("colour", "category", ("red", "blue", "")),
        Field("note", "text"),
    ]
    assert form.values(form.example(0)) == ["M", "1e-6", "red", "a, b"]


@given(names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
def test_names_of_the_card_become_fields_if_a_record_has_as_many_values(names: list[str]) -> None:
    told = _details(columns=", ".join(names))
    form = form_of("1", told, _sample(_line(["1"] * len(names))), None)
    assert [field.name for field in form.fields] == names
    for width in (len(names) + 1, len(names) - 1):
        other = _sample(_line(["1"] * width)) if width else None
        assert not form_of("1", told, other, None).fields


@pytest.mark.parametrize(
    ("told", "records"),
    [
        (_details(columns="a, b, c"), ["1,2"]),  # one of two names has a comma
        (_details(columns="a, b…"), ["1,2"]),  # the card was cut
        (_details(columns="a, b"), []),
        (_details(columns="a, b", unused_columns="c"), ["1,2"]),  # c may lie between them
        (_details(), ["1,2"]),
        (_details(columns="a, b"), ['1,"2']),  # no CSV
        (_details(columns=", ".join(map(str, range(500)))), [",".join("1" * 500)]),
    ],
)
def test_a_line_is_written_where_the_columns_are_not_known(
    told: dict[str, str], records: list[str]
) -> None:
    form = form_of("1", told, _sample(*records) if records else None, None)
    assert not form.fields
    assert form.why
    assert form.example(0) == (records[0] if records else "")


def test_many_columns_of_the_data_and_columns_that_misfit_are_written_as_a_line() -> None:
    columns = "\n".join(f'c{number} = {{ type = "number" }}' for number in range(MOST_FIELDS + 1))
    wide = Dataset.parse(f'label = "y"\n[columns]\ny = {{ type = "number" }}\n{columns}')
    assert "too many" in form_of("1", _details(), None, wide).why
    assert "a record that was sent has 2" in form_of("1", _details(), _sample("1,2"), ABALONE).why


@given(values=st.lists(TYPED, min_size=1, max_size=8))
def test_what_is_filled_in_comes_back_as_one_record(values: list[str]) -> None:
    form = RecordForm(version="7", fields=[Field(f"c{n}") for n in range(len(values))])
    body = body_of(form, _filled(form, values))
    assert list(csv.reader(io.StringIO(body, newline=""), strict=True)) == [values]
    assert form.values(body) == values


@pytest.mark.parametrize(
    ("given_fields", "sentence"),
    [
        ({"record": " \r\n"}, "no record"),
        ({"version": "1", "field-0": "a", "field-1": "b"}, "version 2 by now"),
        ({"version": "2", "field-0": "a"}, "without some of its fields"),
        ({}, "version 2 by now"),
    ],
)
def test_another_form_is_not_sent(given_fields: dict[str, str], sentence: str) -> None:
    form = RecordForm(version="2", fields=[Field("a"), Field("b")])
    with pytest.raises(RecordRefusedError, match=sentence):
        body_of(form, given_fields)


def test_lines_are_sent_as_they_were_written_but_for_their_ends() -> None:
    assert body_of(RecordForm(), {"record": '1,"a\r\nb" \r\n2,c\r\n'}) == '1,"a\nb" \n2,c'


@pytest.mark.parametrize(
    ("value", "control"),
    [
        ("1.5", "number"),
        ("", "number"),
        ("-.5e-3", "number"),
        ("+1", "text"),
        ("5.", "text"),
        ("NA", "text"),
    ],
)
def test_a_browser_shows_each_value_that_is_there(value: str, control: str) -> None:
    assert Field("a", "number").control(value) == control
    assert value in Field("a", "category", ("x", "y")).offered(value)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"additional_information": 3}',
        "[" * 100_000,
        '{"additional_information": {"custom_details": {"columns": 4}}}',
    ],
)
def test_a_card_of_another_kind_tells_no_columns(content: str) -> None:
    package = {"ModelCard": {"ModelCardContent": content}}
    assert set(details_of(package).values()) == {""}
    assert set(details_of({}).values()) == {""}


def test_what_the_pipeline_got_for_a_record_is_remembered() -> None:
    form = form_of("1", _details(columns="a, b"), _sample("1,2", "3,4"), None)
    assert form.was_predicted("3,4") == [1.5]
    assert form.was_predicted("3,5") == ()
    assert form.example(3) == "3,4"
