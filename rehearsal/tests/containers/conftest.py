"""The local images, and a model made by the seed's scripts on synthetic data with XGBoost's."""

from __future__ import annotations

import contextlib
import functools
import http.client
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rehearsal.conductor.synthetic_abalone import generate
from rehearsal.tests.emulator.local_aws import IMAGES

from .image import CONTAINERS, DATASET, SCRIPTS, Image, build
from .serving import Server, serving, unpack

HYPERPARAMETERS = {
    "objective": "reg:squarederror",
    "num_round": "80",
    "max_depth": "5",
    "eta": "0.1",
    "gamma": "4",
    "min_child_weight": "6",
    "subsample": "0.7",
}
CHANNEL = {"ContentType": "text/csv", "TrainingInputMode": "File"}


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Image]:
    """The image of a folder of programs: what `make` installed, else one made from its lock."""

    @functools.cache
    def find(folder: str) -> Image:
        environment = IMAGES / folder.replace("_", "-")
        if (environment / ".installed").exists():
            return Image(environment / "bin/python", folder)
        lock = CONTAINERS / folder / "requirements.txt"
        return Image(build(tmp_path_factory.mktemp("image") / folder, lock), folder)

    return find


@pytest.fixture(scope="session")
def image(images: Callable[[str], Image]) -> Image:
    """The XGBoost image."""
    return images("xgboost")


@dataclass(frozen=True)
class Job:
    """A folder that stands for `/opt/ml` of a training job."""

    base: Path

    def configure(self, hyperparameters: dict[str, str], **channels: dict[str, str]) -> None:
        config = self.base / "input/config"
        config.mkdir(parents=True, exist_ok=True)
        resources = {"current_host": "algo-1", "hosts": ["algo-1"]}
        for name, content in (
            ("hyperparameters", hyperparameters),
            ("inputdataconfig", channels),
            ("resourceconfig", resources),
        ):
            (config / f"{name}.json").write_text(json.dumps(content))

    def write(self, channel: str, text: str) -> None:
        folder = self.base / "input/data" / channel
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "data.csv").write_text(text)

    @property
    def failure(self) -> str:
        return (self.base / "output/failure").read_text()


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "ml")


@pytest.fixture(scope="session")
def lifecycle(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which preprocess.py, train.py and evaluate.py have run on synthetic data."""
    folder = tmp_path_factory.mktemp("lifecycle")
    (folder / "input").mkdir()
    (folder / "input/synthetic.csv").write_text("\n".join(generate(2000, seed=3)) + "\n")
    base = folder / "ml"
    channels = {name: str(base / "input/data" / name) for name in ("train", "validation")}
    places = {**channels, "test": str(folder / "test"), "statistics": str(folder / "statistics")}
    options = [part for name, place in places.items() for part in (f"--{name}-dir", place)]
    options += ["--input-dir", str(folder / "input"), "--input-url", "s3://bucket/input/"]
    done = image.run(SCRIPTS / "preprocess.py", *options, *DATASET)
    assert done.returncode == 0, done.stderr
    Job(base).configure(HYPERPARAMETERS, train=CHANNEL, validation=CHANNEL)
    done = image.start("train", SAGEMAKER_BASE_DIR=str(base))
    assert done.returncode == 0, done.stderr
    (folder / "training.log").write_text(done.stdout)
    (folder / "model").mkdir()
    shutil.make_archive(str(folder / "model/model"), "gztar", base / "model")
    options = [
        part
        for name in ("model", "statistics", "test", "package", "evaluation")
        for part in (f"--{name}-dir", str(folder / name))
    ]
    options += ["--code-dir", str(SCRIPTS), "--task", "regression", "--metric", "mse"]
    done = image.run(SCRIPTS / "evaluate.py", *options, *DATASET)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def served(
    image: Image, lifecycle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The package that `lifecycle` made, served."""
    base = tmp_path_factory.mktemp("served")
    unpack(lifecycle / "package/model.tar.gz", base)
    with serving(image, base) as running:
        yield running


@pytest.fixture(scope="module")
def server(served: Server) -> Iterator[Server]:
    """The same by a connection of its own: the server closes one that is not used for a minute."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    with contextlib.closing(connection):
        yield replace(served, connection=connection)
