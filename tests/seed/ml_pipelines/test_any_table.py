"""Any bytes as a file of data are a proposal or one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ml_pipelines.proposal.columns import propose_dataset, survey
from ml_pipelines.proposal.table_file import TableFile, is_parquet
from ml_pipelines.settings import SettingsError

ANY_EXAMPLE = settings(derandomize=True, database=None, max_examples=400)
WORDS = ("", "NA", "?", "a", "yes", "no", "é", "2026-01-02")
NUMBERS = ("1", "1.5", "1,5", "-2e3", "1e999")
SIGNS = ('"a"', '"a', 'a"b', '"a\nb"', "\x1b[1m", "\u2028", "\x85", " ", "\x00")
ANY = (*WORDS, *NUMBERS, *SIGNS)
HEADERS = (["y", "b", "c", "d"], ["y", "y", "", "x"], ["y", '"a\n"', "b;c", "d"])


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Rows of mostly equally many cells, in some encoding."""
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    width = draw(st.integers(1, 4))
    cells = st.sampled_from(draw(st.sampled_from([WORDS, NUMBERS, ANY])))
    row = st.lists(cells, min_size=width, max_size=width)
    labels = draw(st.sampled_from([("yes", "no"), ("1", "2.5", "3,5", "4"), ("", "a")]))
    some = [[labels[i % len(labels)], *draw(row)[1:]] for i in range(draw(st.integers(1, 4)))] * 10
    header, last = draw(st.sampled_from(HEADERS))[:width], draw(st.lists(row, max_size=1))
    lines = [delimiter.join(cells) for cells in (header, *some, *last)]
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"]))
    return end.join(lines).encode(encoding, "replace")


@ANY_EXAMPLE
@given(content=st.binary(max_size=300) | tables(), end=st.integers(0, 3))
def test_any_bytes_are_a_proposal_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, end: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content[: len(content) - end])
    try:
        proposed(path)
    except SettingsError as error:
        said = str(error)
        assert said.endswith(".")
        assert said.isprintable()


def proposed(path: Path) -> None:
    if not is_parquet(path):
        table = TableFile.open(path)
        dataset, columns, _ = propose_dataset(table, survey(table), "y", None)
        assert [one.column for one in columns] == list(dataset.columns)
        assert dataset.label_column.type in ("number", "category")
