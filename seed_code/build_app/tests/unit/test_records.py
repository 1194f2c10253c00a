"""How records are read, refused and turned into numbers."""

from __future__ import annotations

import numpy as np
import pytest
from records import COLUMNS, FEATURES, RecordError, fit_statistics, read_records, to_model_input

GOOD = "M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15"


def refused(text: str) -> str:
    with pytest.raises(RecordError) as caught:
        read_records(text, FEATURES, source="data.csv")
    return str(caught.value)


def test_a_header_row_is_named() -> None:
    header = ",".join(column.name for column in FEATURES)
    sentence = refused(f"{header}\n{GOOD}\n")
    assert "data.csv, row 1 is a header row" in sentence
    assert "remove it" in sentence


def test_a_header_with_other_names_is_recognised() -> None:
    assert "header row" in refused(f"Sex,L mm,D mm,H mm,W,S,V,Sh\n{GOOD}\n")


def test_a_missing_column_is_named() -> None:
    sentence = refused(f"{GOOD}\nM,0.455,0.365,0.095,0.514,0.2245,0.101\n")
    assert "row 2: column 'shell_weight' is missing" in sentence


def test_a_surplus_value_is_named() -> None:
    assert "surplus value '15' after column 'shell_weight'" in refused(f"{GOOD},15")


@pytest.mark.parametrize("value", ["tall", "nan", "inf", "0,5x"])
def test_a_value_that_is_not_a_number_is_named_with_row_and_column(value: str) -> None:
    row = GOOD.replace("0.365", f'"{value}"')
    assert f"data.csv, row 3, column 'diameter': '{value}' is not a number" in refused(
        f"{GOOD}\n\n{row}\n"
    )


def test_an_unknown_category_is_named_with_the_known_ones() -> None:
    sentence = refused(GOOD.replace("M,", "X,"))
    assert "column 'sex': 'X' is not one of F, I, M" in sentence


def test_an_empty_text_is_refused() -> None:
    assert refused("\n\n") == "data.csv is empty; supply at least one record."


def test_an_empty_label_is_refused() -> None:
    with pytest.raises(RecordError, match="column 'rings': '' is not a number"):
        read_records(f"{GOOD},", COLUMNS, source="data.csv")


def test_an_empty_number_is_imputed_with_the_training_median() -> None:
    training = read_records(
        f"{GOOD}\n{GOOD.replace('0.455', '0.555')}\n{GOOD.replace('0.455', '0.655')}",
        FEATURES,
        source="training",
    )
    statistics = fit_statistics(training.numbers)
    gap = read_records(GOOD.replace("0.455", ""), FEATURES, source="request")
    median = read_records(GOOD.replace("0.455", "0.555"), FEATURES, source="request")
    np.testing.assert_array_equal(
        to_model_input(gap.numbers, statistics), to_model_input(median.numbers, statistics)
    )


def test_a_column_without_any_training_value_is_named() -> None:
    empty = read_records(GOOD.replace("0.455", ""), FEATURES, source="training")
    with pytest.raises(RecordError, match="column 'length' has no value"):
        fit_statistics(empty.numbers)


def test_each_category_becomes_one_flag() -> None:
    records = read_records(
        "\n".join(GOOD.replace("M,", f"{sex},") for sex in "FIM"), FEATURES, source="training"
    )
    model_input = to_model_input(records.numbers, fit_statistics(records.numbers))
    np.testing.assert_array_equal(model_input[:, -3:], np.eye(3))
    assert model_input.dtype == np.float32
