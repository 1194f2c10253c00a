"""The plain script gets the configuration that SageMaker would give the training."""

import json
from pathlib import Path

from rehearsal.laboratory.benchmarks.plain_training import configure_training, folder_options


def test_hyperparameters_are_the_pipelines_own_as_text(tmp_path: Path) -> None:
    settings = tmp_path / "pipeline.toml"
    settings.write_text("[algorithm.hyperparameters]\nnum_round = 7\neta = 0.1\n")
    configure_training(tmp_path / "ml", settings)
    config = tmp_path / "ml/input/config"
    assert json.loads((config / "hyperparameters.json").read_text()) == {
        "num_round": "7",
        "eta": "0.1",
    }
    assert set(json.loads((config / "inputdataconfig.json").read_text())) == {"train", "validation"}


def test_prepared_channels_lie_where_the_training_reads_them(tmp_path: Path) -> None:
    assert folder_options(tmp_path, ("train", "test")) == [
        "--train-dir",
        str(tmp_path / "input/data/train"),
        "--test-dir",
        str(tmp_path / "test"),
    ]
