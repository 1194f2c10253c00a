"""How records are read, refused and turned into numbers; with columns of the tests' own."""

from __future__ import annotations

import math

import model_input
import numpy as np
import pytest
import records
from model_input import Numbers, Statistics, as_table, fit_statistics, to_model_input
from records import Column, RecordError, read_records, write_records

PLACE = Column("place", categories=("Oslo", "Paris, France", 'the "Hague"'))
SHOP = (PLACE, Column("width"), Column("depth"), Column("height"))
GOOD = "Oslo,0.455,0.365,0.095"


def refused(content: str | bytes) -> str:
    with pytest.raises(RecordError) as caught:
        read_records(content, SHOP, source="data.csv")
    return str(caught.value)


def numbers(content: str | bytes) -> list[float]:
    return read_records(content, SHOP, source="data.csv").numbers.tolist()


def test_a_header_row_is_named() -> None:
    sentence = refused(f"place,width,depth,height\n{GOOD}\n")
    assert "data.csv, row 1 is a header row" in sentence
    assert "remove it" in sentence


def test_a_header_with_other_names_is_recognised() -> None:
    assert "header row" in refused(f"Where,W mm,D mm,H mm\n{GOOD}\n")


def test_a_record_is_no_header_though_a_category_is_called_like_a_column() -> None:
    columns = (Column("kind", categories=("width", "weight")), Column("width"))
    assert read_records("width,3", columns, source="x").numbers.tolist() == [0, 3]


def test_a_missing_column_is_named() -> None:
    assert "row 2: column 'height' is missing" in refused(f"{GOOD}\nOslo,0.455,0.365\n")


def test_a_surplus_value_is_named() -> None:
    assert "surplus value '15' after column 'height'" in refused(f"{GOOD},15")


@pytest.mark.parametrize(
    "value", ["tall", "nan", "inf", "-Infinity", "0x1p3", "1_000", "٣", "½", "1,5", "1 0", "+", "."]
)
def test_a_value_that_is_not_a_number_is_named_with_row_and_column(value: str) -> None:
    row = GOOD.replace("0.365", f'"{value}"')
    assert f"data.csv, row 3, column 'depth': '{value}' is not a number" in refused(
        f"{GOOD}\n\n{row}\n"
    )


@pytest.mark.parametrize(
    ("value", "number"),
    [("7", 7), ("-7.", -7), ("+.5", 0.5), (" 1e3 ", 1000), ("1E-400", 0), ("007", 7)],
)
def test_a_decimal_number_is_read(value: str, number: float) -> None:
    assert numbers(GOOD.replace("0.365", value))[2] == number


@pytest.mark.parametrize("value", ["1e39", "-3.5e38", "1e999"])
def test_a_number_that_no_model_can_hold_is_refused(value: str) -> None:
    assert f"column 'depth': '{value}' is too large" in refused(GOOD.replace("0.365", value))


def test_an_unknown_category_is_named_with_the_known_ones() -> None:
    sentence = refused(GOOD.replace("Oslo", "Rome"))
    known = """'Oslo', 'Paris, France', 'the "Hague"'"""
    assert f"column 'place': 'Rome' is not one of {known}." in sentence


def test_a_long_list_of_categories_stays_a_sentence() -> None:
    column = Column("code", categories=tuple(map(str, range(9_000))))
    with pytest.raises(RecordError, match=r"not one of '0', '1', .* '9', …\.$"):
        read_records("x", [column], source="data.csv")


def test_categories_may_hold_commas_and_quotes() -> None:
    rows = [[category, "1", "2", "3"] for category in PLACE.categories]
    assert numbers(write_records(rows))[::4] == [0, 1, 2]
    assert numbers('"Paris, France", 1, 2, 3')[0] == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_any_line_end_is_taken_and_blank_lines_are_skipped(end: str) -> None:
    assert len(numbers(f"{GOOD}{end or chr(10)}{end}{GOOD}{end}")) == 8


def test_a_byte_order_mark_is_no_part_of_the_first_value() -> None:
    assert numbers(f"\ufeff{GOOD}") == numbers(f"\ufeff{GOOD}".encode()) == numbers(GOOD)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\n\n", "data.csv is empty; supply at least one record."),
        (b"", "data.csv is empty; supply at least one record."),
        (b"\xff\xfe", "data.csv is not UTF-8 text"),
        (f'{GOOD}\n"Oslo,1,2,3\n', "data.csv, row 2 is not CSV"),
        ('"Oslo"x,1,2,3', "data.csv, row 1 is not CSV"),
        ("Oslo," + "1" * 200_000, "data.csv, row 1 is not CSV"),
        ("Oslo,1,\x00,3", r"column 'depth': '\x00' is not a number"),
        ('"Os\nlo",1,2,3', r"column 'place': 'Os\nlo' is not one of"),
        ("x" * 9_000 + ",1,2,3", "…' is not one of"),
    ],
)
def test_what_is_no_csv_is_refused_in_one_short_sentence(content: str | bytes, said: str) -> None:
    sentence = refused(content)
    assert said in sentence
    assert "\n" not in sentence
    assert len(sentence) < 300


def test_an_empty_number_is_a_gap_but_an_empty_label_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert math.isnan(numbers("Oslo,1,2,")[3])
    monkeypatch.setattr(records, "LABEL", "height")
    assert "column 'height': '' is not a number" in refused("Oslo,1,2,")


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_input, "FEATURES", SHOP)


def table(*rows: str) -> Numbers:
    return as_table(read_records("\n".join(rows), SHOP, source="training"))


def test_an_empty_number_is_imputed_with_the_training_median(shop: None) -> None:
    statistics = fit_statistics(table("Oslo,1,2,3", "Oslo,2,2,3", "Oslo,30,2,3"))
    np.testing.assert_array_equal(
        to_model_input(table("Oslo,,1,1"), statistics),
        to_model_input(table("Oslo,2,1,1"), statistics),
    )


def test_a_column_without_any_training_value_is_named(shop: None) -> None:
    with pytest.raises(RecordError, match="column 'width' has no value"):
        fit_statistics(table("Oslo,,1,2", "Oslo,,3,4"))


def test_each_category_becomes_one_flag(shop: None) -> None:
    features = table("Oslo,1,2,3", '"Paris, France",1,2,3', '"the ""Hague""",1,2,3')
    result = to_model_input(features, fit_statistics(features))
    np.testing.assert_array_equal(result[:, -3:], np.eye(3))
    assert result.dtype == np.float32


def test_a_value_far_from_the_training_s_stays_a_number(shop: None) -> None:
    statistics = Statistics((0.0,) * 3, (0.0,) * 3, (1e-30,) * 3)
    assert np.isfinite(to_model_input(table("Oslo,3e38,-3e38,1e38"), statistics)).all()
