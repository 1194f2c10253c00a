"""Properties of the build repository's reader: the one rule for records and numbers."""

from __future__ import annotations

import math
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rehearsal.conductor.dataset import read_dataset, seed_dataset, seed_script
from rehearsal.conductor.errors import DatasetError

reader: Any = seed_script("records")
fields: Any = seed_script("fields")
Column: Any = seed_script("dataset").Column
COLUMNS = seed_dataset().columns
ANY_EXAMPLE = settings(derandomize=True, database=None)
DIGITS = st.text(string.digits, min_size=1, max_size=20)


@st.composite
def _decimals(draw: st.DrawFn) -> str:
    """What counts as a number, put together from its parts."""
    whole, part = draw(DIGITS), draw(DIGITS)
    body = draw(st.sampled_from([whole, f"{whole}.", f".{part}", f"{whole}.{part}"]))
    exponent = draw(st.sampled_from(["", "e3", "E-12", "e+0"]))
    return draw(st.sampled_from(["", "+", "-"])) + body + exponent


@ANY_EXAMPLE
@given(text=_decimals())
def test_decimal_numbers_are_read_as_python_reads_them(text: str) -> None:
    assert fields.parse_number(text) == float(text)


@ANY_EXAMPLE
@given(text=st.one_of(st.text("12٣", max_size=3), st.text("1+-.eE_xnaif", max_size=6), st.text()))
def test_what_is_read_as_a_number_is_one_in_ascii_decimals(text: str) -> None:
    try:
        number = fields.parse_number(text)
    except ValueError:
        return
    assert number == float(text)
    assert math.isfinite(number)
    assert set(text) <= set("0123456789+-.eE")


@ANY_EXAMPLE
@given(number=st.floats())
def test_every_number_that_a_model_can_hold_is_read(number: float) -> None:
    holds = abs(number) <= fields.LARGEST_NUMBER
    try:
        assert fields.parse_number(repr(number)) == number
    except ValueError:
        assert not holds
    else:
        assert holds


MARKS = st.lists(st.sampled_from(["a", ",", '"', "\r", "\n", " ", "b"]), min_size=2, max_size=6)
CATEGORIES = st.lists(
    MARKS.map("".join) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    min_size=1,
    max_size=4,
    unique_by=str.strip,
)


@st.composite
def _tables(draw: st.DrawFn) -> tuple[list[Any], list[list[str]]]:
    """Columns, and records that fit them."""
    kinds = draw(st.lists(st.one_of(st.none(), CATEGORIES), min_size=1, max_size=4))
    columns = [
        Column(f"column-{position}", "category", tuple(map(str.strip, categories)))
        if categories
        else Column(f"column-{position}")
        for position, categories in enumerate(kinds)
    ]
    cells = [
        st.sampled_from(column.values) if column.values else _decimals() | st.just("")
        for column in columns
    ]
    return columns, draw(st.lists(st.tuples(*cells).map(list), min_size=1, max_size=4))


@ANY_EXAMPLE
@given(table=_tables(), as_bytes=st.booleans(), mark=st.booleans())
def test_what_is_written_is_read_again(
    table: tuple[list[Any], list[list[str]]], as_bytes: bool, mark: bool
) -> None:
    columns, rows = table
    text = "\ufeff" * mark + reader.write_records(rows)
    found = reader.read_records(text.encode() if as_bytes else text, columns, source="x")
    assert found.rows == [[field.strip() for field in row] for row in rows]
    expected = [
        column.values.index(field.strip())
        if column.values
        else fields.parse_number(field)
        if field
        else math.nan
        for row in rows
        for field, column in zip(row, columns, strict=True)
    ]
    assert list(found.numbers) == pytest.approx(expected, nan_ok=True)
    one_by_one = [reader.write_records([row]).removesuffix("\r\n") for row in rows]
    assert reader.read_records("\n".join(one_by_one), columns, source="x").rows == found.rows


@ANY_EXAMPLE
@given(
    content=st.one_of(
        st.binary(),
        st.text(st.characters(exclude_categories=["Cs"])).map(str.encode),
        MARKS.map("".join).map(str.encode),
    )
)
def test_any_bytes_are_records_or_are_refused_in_one_sentence(content: bytes) -> None:
    try:
        reader.read_records(content, COLUMNS, source="x")
    except fields.RecordError as error:
        sentence = str(error)
        assert "\n" not in sentence
        assert sentence.isprintable()
        assert len(sentence) < 500


@ANY_EXAMPLE
@given(cell=st.one_of(_decimals(), st.text("0123456789+-.eE_xnaif٣ ", min_size=1, max_size=5)))
@pytest.mark.parametrize("position", [1, len(COLUMNS) - 1], ids=["feature", "label"])
def test_a_cell_is_judged_alike_in_every_place_that_reads_it(
    tmp_path_factory: pytest.TempPathFactory, position: int, cell: str
) -> None:
    assume(cell.strip())
    record = ["M", *["1"] * (len(COLUMNS) - 1)]
    record[position] = cell
    path = _path(tmp_path_factory)
    path.write_text(reader.write_records([record]), encoding="utf-8", newline="")
    try:
        fields.parse_number(cell.strip())
        is_number = True
    except ValueError:
        is_number = False
    try:
        read_dataset(path)
        assert is_number
    except DatasetError:
        assert not is_number


def _path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "cell.csv"
