"""Both settings files are read, and a mistake in them is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from ml_pipelines.agreement import check_agreement, hyperparameters
from ml_pipelines.settings import (
    ROOT,
    SettingsError,
    read_dataset,
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


def test_of_an_image_of_one_s_own_no_hyperparameter_is_checked(tmp_path: Path) -> None:
    path, shipped = tmp_path / "pipeline.toml", (ROOT / "pipeline.toml").read_text()
    image = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/rings@sha256:{'0' * 64}"
    text = shipped.replace('framework = "xgboost"\nversion = "3.2-0"', f'image = "{image}"')
    path.write_text(text.replace('"reg:squarederror"', '"of my own"').replace("eval_metric", "x"))
    settings, dataset = read_pipeline_settings(path), read_dataset()
    check_agreement(settings, dataset)
    assert settings.algorithm.trains_by_itself
    given = settings.algorithm.hyperparameters
    assert hyperparameters(settings, dataset) == {"task": "regression", **given}


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
    # But a runner may have tags of its own.
    assert read_project(path, {"TAGS": "linux,x64"}).TAGS == ""
    path.write_text(f"{path.read_text()}\nTAGS=team=a\n")
    assert read_project(path, {"TAGS": "linux,x64"}).TAGS == "team=a"
