"""Both settings files are read, and a mistake in them is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from ml_pipelines.settings import (
    ROOT,
    SettingsError,
    read_pipeline_settings,
    read_project,
)


def test_the_repository_s_own_settings_are_accepted() -> None:
    settings = read_pipeline_settings()
    assert settings.metric.direction == "minimize"


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.toml"
    path.write_text((ROOT / "pipeline.toml").read_text().replace("[gate]", "[gate]\nmsee = 1"))
    with pytest.raises(SettingsError, match=r"setting gate\.msee of pipeline\.toml is refused"):
        read_pipeline_settings(path)


def test_early_stopping_without_a_metric_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.toml"
    path.write_text((ROOT / "pipeline.toml").read_text().replace('eval_metric = "rmse"', ""))
    with pytest.raises(
        SettingsError, match=r"pipeline\.toml is refused: early_stopping_rounds has"
    ):
        read_pipeline_settings(path)


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.toml"
    path.write_text("[gate")
    with pytest.raises(SettingsError, match=r"pipeline\.toml is not TOML"):
        read_pipeline_settings(path)


def test_a_missing_project_setting_is_named(tmp_path: Path) -> None:
    path = tmp_path / "project.env"
    path.write_text("AWS_REGION=eu-west-1\nPROJECT_NAME=demo\n")
    with pytest.raises(SettingsError, match=r"setting PROJECT_ID is missing; add it to project"):
        read_project(path, {})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    values = {
        "AWS_REGION": "eu-west-1",
        "PROJECT_NAME": "demo",
        "PROJECT_ID": "p-1",
        "EXECUTION_ROLE_ARN": "arn:aws:iam::111122223333:role/r",
        "READER_ROLE_ARN": "arn:aws:iam::111122223333:role/reader",
        "ARTIFACT_BUCKET": "bucket",
        "KMS_KEY_ARN": "arn:aws:kms:eu-west-1:111122223333:key/k",
        "MODEL_PACKAGE_GROUP_NAME": "group",
        "PIPELINE_NAME": "pipeline",
    }
    path = tmp_path / "project.env"
    path.write_text("# made by the project\n" + "\n".join(f"{k}={v}" for k, v in values.items()))
    project = read_project(path, {"PIPELINE_NAME": "trial"})
    assert (project.PIPELINE_NAME, project.ARTIFACT_BUCKET) == ("trial", "bucket")
