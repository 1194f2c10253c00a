"""How records are read, refused and turned into numbers; with columns of the tests' own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from dataset import REFUSE, Column, FileFormat
from fields import MOST_CATEGORIES, RecordError, Vocabulary
from model_input import Numbers, Statistics, as_table, fit_statistics, to_model_input
from records import iterate_records, read_records, write_records

PLACE = Column("place", "category", values=("Oslo", "Paris, France", 'the "Hague"'))
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
    columns = (Column("kind", "category", values=("width", "weight")), Column("width"))
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
    column = Column("code", "category", values=tuple(map(str, range(9_000))))
    with pytest.raises(RecordError, match=r"not one of '0', '1', .* '9', …\.$"):
        read_records("x", [column], source="data.csv")


def test_categories_may_hold_commas_and_quotes() -> None:
    rows = [[category, "1", "2", "3"] for category in PLACE.values]
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


def test_an_empty_number_is_a_gap_but_refused_where_it_may_not_be() -> None:
    assert math.isnan(numbers("Oslo,1,2,")[3])
    with pytest.raises(RecordError, match="column 'height': '' is not a number"):
        read_records(",", [Column("width"), Column("height", empty=REFUSE)], source="data.csv")


@pytest.mark.parametrize(("value", "side"), [("-1", "below 0"), ("2.5", "above 2")])
def test_a_number_beyond_its_limits_is_refused(value: str, side: str) -> None:
    with pytest.raises(RecordError, match=f"row 1, column 'age': '{value}' is {side}"):
        read_records(value, [Column("age", minimum=0, maximum=2)], source="data.csv")


def read(text: str, form: FileFormat, *columns: Column) -> list[tuple[list[str], list[float]]]:
    lines = text.splitlines(keepends=True)
    return list(iterate_records(lines, columns, form, "data.csv", Vocabulary(is_learning=True)))


WIDTH, NOTE = Column("width"), Column("note", "text")


def test_columns_are_found_by_a_header() -> None:
    read_ones = read("note,width\nsome,1\n", FileFormat(header=True), WIDTH, NOTE)
    assert read_ones == [(["1", "some"], [1.0])]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("note", "the header has no column 'width' of dataset.toml; it names 'note'"),
        ("note,width,note", "two columns are called 'note'"),
        ("note,width,colour", "dataset.toml does not know column 'colour'"),
    ],
)
def test_a_header_of_other_columns_is_refused(header: str, said: str) -> None:
    with pytest.raises(RecordError, match=f"data.csv, row 1: {said}"):
        read(f"{header}\n", FileFormat(header=True), WIDTH, NOTE)


def test_a_decimal_comma_becomes_a_point() -> None:
    form = FileFormat(delimiter=";", decimal=",")
    assert read("1,5;a,b\n", form, WIDTH, NOTE) == [(["1.5", "a,b"], [1.5])]
    with pytest.raises(RecordError, match=r"column 'width': '1\.500,5' has a point"):
        read("1.500,5;\n", form, WIDTH, NOTE)


def test_what_counts_as_missing_is_empty() -> None:
    ((fields, (width,)),) = read("NA,x\n", FileFormat(missing=("NA",)), WIDTH, NOTE)
    assert fields == ["", "x"]
    assert math.isnan(width)


def test_too_many_learnt_values_are_refused() -> None:
    column = Column("code", "category")
    text = "".join(f"{number}\n" for number in range(MOST_CATEGORIES + 1))
    with pytest.raises(RecordError, match="row 1001, column 'code': '1000' is one more than 1000"):
        read(text, FileFormat(), column)


def table(*rows: str) -> Numbers:
    return as_table(read_records("\n".join(rows), SHOP, source="training"))


def fit(features: Numbers) -> Statistics:
    return fit_statistics(features.copy(), np.arange(len(features)), SHOP, Vocabulary())


def test_an_empty_number_is_imputed_with_the_training_median() -> None:
    statistics = fit(table("Oslo,1,2,3", "Oslo,2,2,3", "Oslo,30,2,3"))
    np.testing.assert_array_equal(
        to_model_input(table("Oslo,,1,1"), SHOP, statistics),
        to_model_input(table("Oslo,2,1,1"), SHOP, statistics),
    )


@pytest.mark.parametrize(("empty", "fill"), [(None, 2.0), ("mean", 11.0), (7, 7.0)])
def test_dataset_toml_says_what_stands_for_an_empty_number(
    empty: str | float | None, fill: float
) -> None:
    columns = [Column("width", empty=empty)]
    given = as_table(read_records("1\n2\n30\n,\n".replace(",", '""'), columns, source="x"))
    assert fit_statistics(given, np.arange(4), columns, Vocabulary()).fills == (fill,)


def test_a_column_without_any_training_value_is_named() -> None:
    with pytest.raises(RecordError, match="column 'width' has no value"):
        fit(table("Oslo,,1,2", "Oslo,,3,4"))


def test_each_category_becomes_one_flag() -> None:
    features = table("Oslo,1,2,3", '"Paris, France",1,2,3', '"the ""Hague""",1,2,3')
    result = to_model_input(features, SHOP, fit(features))
    np.testing.assert_array_equal(result[:, -3:], np.eye(3))
    assert result.dtype == np.float32


def test_a_value_that_training_never_saw_has_no_flag() -> None:
    column = Column("place", "category")
    vocabulary = Vocabulary(is_learning=True)
    given = as_table(read_records("a\nb\nc\n", [column], source="x", vocabulary=vocabulary))
    statistics = fit_statistics(given, np.array([0, 2]), [column], vocabulary)
    assert statistics.categories == {"place": ["a", "c"]}
    sent = read_records("c\nb\n", [column], source="x", vocabulary=statistics.vocabulary)
    np.testing.assert_array_equal(
        to_model_input(as_table(sent), [column], statistics), [[0, 1], [0, 0]]
    )


def test_a_value_far_from_the_training_s_stays_a_number() -> None:
    statistics = Statistics((0.0,) * 3, (0.0,) * 3, (1e-30,) * 3, {})
    assert np.isfinite(to_model_input(table("Oslo,3e38,-3e38,1e38"), SHOP, statistics)).all()
