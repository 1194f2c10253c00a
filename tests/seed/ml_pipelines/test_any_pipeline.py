"""Any valid `pipeline.toml` is read; whatever else stands there is refused in one sentence."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ml_pipelines.settings import SettingsError, read_pipeline_settings

from .any_pipeline import to_toml, valid_pipelines
from .conftest import SEED

SHIPPED = (SEED / "pipeline.toml").read_text(encoding="utf-8")
_TYPED = ("=", "[", "]", '"', "{", "\n", "inf", "-1", "true", "1979-05-27", "9" * 5000, "[" * 2000)


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """The shipped file with characters lost or typed, or any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary())
    text = SHIPPED
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 20))
        text = text[:start] + draw(st.text(max_size=3) | st.sampled_from(_TYPED)) + text[end:]
    return text.encode("utf-8", "surrogatepass")


def read(content: bytes) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pipeline.toml")
        file.write_bytes(content)
        return read_pipeline_settings(file)


def is_told(content: bytes) -> None:
    try:
        read(content)
    except SettingsError as error:
        said = str(error)
        assert said.endswith(".")
        assert said.isprintable(), said
        assert "pipeline.toml" in said


@settings(derandomize=True)
@given(valid_pipelines)
def test_valid_settings_are_read_as_they_are_written(values: dict[str, Any]) -> None:
    assert read(to_toml(values).encode()).model_dump(exclude_unset=True) == values


@settings(derandomize=True)
@given(spoiled())
def test_spoiled_settings_are_refused_in_one_sentence(content: bytes) -> None:
    is_told(content)


@pytest.mark.proof("settings")
@settings(max_examples=10_000, derandomize=True)
@given(spoiled())
def test_many_spoiled_settings(content: bytes) -> None:
    is_told(content)
