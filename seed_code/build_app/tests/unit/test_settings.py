"""The settings of this repository are such that a pipeline can be made of them."""

from __future__ import annotations

from ml_pipelines.settings import read_pipeline_settings


def test_the_settings_are_accepted() -> None:
    read_pipeline_settings()
