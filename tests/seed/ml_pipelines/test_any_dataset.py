"""Any bytes as `dataset.toml` are a data set or one sentence, in bounded time."""

from __future__ import annotations

import time

import pytest
from dataset import Dataset, DatasetError
from hypothesis import given, settings
from hypothesis import strategies as st
from ml_pipelines.settings import DATASET_FILE, SettingsError, read_pipeline_settings

ANY_EXAMPLE = settings(derandomize=True, database=None, max_examples=400)
SHIPPED = DATASET_FILE.read_text(encoding="utf-8")
HUGE = f"0x{'f' * 5000}"
TEXTS = ('""', '"a"', f'"{"x" * 5000}"', '"\\u0000\\n\\u202e"')
NUMBERS = ("3", "-1e400", "nan", "inf", HUGE)
OTHERS = ("true", "1979-05-27", "{}", "{ a.b.c = 1 }", "[]", "[1]", '["a", "a"]', '["a", "b"]')
VALUES = st.sampled_from([*TEXTS, *NUMBERS, *OTHERS])
OF_FILE = ("header", "delimiter", "decimal", "encoding", "missing")
OF_COLUMN = ("type", "values", "empty", "minimum", "maximum", "z")
SETTINGS = st.sampled_from(
    [
        *("label", "file", "columns", "columns.a", "x", '"\\n"', f'"{"y" * 5000}"'),
        *(f"file.{name}" for name in OF_FILE),
        *(f"columns.a.{name}" for name in OF_COLUMN),
    ]
)
LINES = st.lists(st.builds(lambda name, value: f"{name} = {value}\n", SETTINGS, VALUES), max_size=5)
BEGINNING = 'label = "y"\ncolumns.y.type = "number"\ncolumns.a.type = "number"\n'
CATEGORY = 'label = "a"\ncolumns.y.type = "number"\ncolumns.a.type = "category"\n'
CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    LINES.map(lambda lines: "".join(lines).encode()),
    st.builds(
        lambda a, b: (a + "".join(b)).encode(), st.sampled_from([BEGINNING, CATEGORY]), LINES
    ),
    st.builds(
        lambda place, text: (SHIPPED[:place] + text + SHIPPED[place + 1 :]).encode(),
        st.integers(0, len(SHIPPED)),
        st.sampled_from(["", '"', "\n", "=", "[", "{", "\x00", ".", "é"]),
    ),
)


def is_told(content: bytes) -> None:
    try:
        Dataset.parse(content)
    except DatasetError as error:
        said = str(error)
        assert said.endswith(".")
        assert said.isprintable()
        assert "dataset.toml" in said
        assert len(said) < 400


@ANY_EXAMPLE
@given(CONTENTS)
def test_any_bytes_are_a_data_set_or_one_sentence(content: bytes) -> None:
    is_told(content)


DEAR = {
    "a key of many parts": f"{'a.' * 100_000}a = 1",
    "a nested key as label": f"label.{'a.' * 900}a = 1\n{BEGINNING[12:]}",
    "nested lists": f"label = {'[' * 100_000}",
    "a number that no float holds": f"{BEGINNING}columns.a.minimum = {HUGE}",
    "a label that is a number of many digits": f"label = {HUGE}\n{BEGINNING[12:]}",
    "a long text": f"label = '{'x' * 500_000}'\n{BEGINNING[12:]}",
    "many columns": "".join(f"columns.c{i}.type = 'number'\n" for i in range(20_000)),
    "more than is read": "# " * 600_000,
}


@pytest.mark.parametrize("case", DEAR)
def test_what_is_dear_to_read_is_refused_in_bounded_time(case: str) -> None:
    begun = time.process_time()
    with pytest.raises(DatasetError):
        Dataset.parse(DEAR[case])
    is_told(DEAR[case].encode())
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("case", DEAR)
def test_so_it_is_as_settings_of_the_pipeline(
    case: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("settings") / "pipeline.toml"
    path.write_text(DEAR[case])
    begun = time.process_time()
    with pytest.raises(SettingsError) as refused:
        read_pipeline_settings(path)
    assert len(str(refused.value)) < 400
    assert time.process_time() - begun < 5
