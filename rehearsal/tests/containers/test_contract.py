"""Each local image, or by `make contract` one of your own, does what is asked of an image."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from .contract import INFERENCE, PROCESS, TRAIN, Container, LocalImage, configure, digests, pack
from .docker_image import DockerImage
from .image import ROOT, Image
from .own_image import make_own_image

# An image of your own instead of the local ones; `make contract` sets it.
GIVEN = os.environ.get("CONTRACT_IMAGE")
SCRIPTED = ["given"] if GIVEN else ["xgboost", "scikit_learn", "own", "own by docker"]
BY_ITSELF = ["given"] if GIVEN else ["xgboost", "own"]
# What an image that trains by itself is told; XGBoost's takes nothing that it does not know.
TOLD = {"xgboost": {"num_round": "2"}}


@pytest.fixture(scope="module")
def container(
    request: pytest.FixtureRequest,
    images: Callable[[str], Image],
    tmp_path_factory: pytest.TempPathFactory,
) -> Container:
    if GIVEN:
        return DockerImage(GIVEN)
    if not request.param.startswith("own"):
        return LocalImage(images(request.param))
    folder = tmp_path_factory.mktemp("image") / "own"
    own = make_own_image(folder, images("xgboost").python)
    if request.param == "own":
        return LocalImage(own)
    docker = folder.with_name("docker")
    stand_in = "rehearsal.tests.containers.stand_in_docker"
    run = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m {stand_in} "{folder}" "$@"'
    docker.write_text(f"#!/bin/sh\n{run}\n")
    docker.chmod(0o755)
    return DockerImage("own", str(docker))


scripted = pytest.mark.parametrize("container", SCRIPTED, indirect=True)


def _prepare(container: Container, base: Path, **changes: str) -> None:
    """A training job whose code is an archive in a channel of its own."""
    code = container.path(base, "input/data/code/sourcedir.tar.gz")
    hyperparameters = {
        "sagemaker_program": "train.py",
        "sagemaker_submit_directory": code,
        "scale": "1.5",
        **changes,
    }
    configure(base, hyperparameters, "train", "code")
    (base / "input/data/train/data.csv").write_text("1,2\n3,4\n")
    pack(base / "input/data/code/sourcedir.tar.gz", train_py=TRAIN)


def _unpack_model(base: Path, inference: str = INFERENCE, model: str = '{"factor": 3.0}') -> None:
    (base / "model/code").mkdir(parents=True)
    (base / "model/model.json").write_text(model)
    (base / "model/code/inference.py").write_text(inference)


@scripted
def test_a_script_is_trained_and_its_model_served(container: Container, tmp_path: Path) -> None:
    _prepare(container, tmp_path / "job")
    given = digests(tmp_path / "job/input")
    ended = container.train(tmp_path / "job")
    assert ended.exit_code == 0, ended.output
    assert "trained on 2 rows" in ended.output
    assert digests(tmp_path / "job/input") == given
    assert not (tmp_path / "job/output/failure").exists()
    (model,) = (tmp_path / "job/model").iterdir()
    _unpack_model(tmp_path / "endpoint", model=model.read_text())
    given = digests(tmp_path / "endpoint/model")
    with container.serve(tmp_path / "endpoint") as server:
        assert server.ping() == 200
        assert (server.invoke("2").status, server.invoke("2").body) == (200, "6.0")
        assert server.invoke("no number").status == 500
        refused = server.invoke("malformed")
        assert (refused.status, refused.body) == (400, "row 1 is malformed")
        assert server.invoke("4").body == "12.0"
        children = psutil.Process(server.process.pid).children(recursive=True)
    assert server.process.returncode == 0
    assert psutil.wait_procs(children, timeout=5)[1] == []
    assert digests(tmp_path / "endpoint/model") == given


@pytest.mark.parametrize("container", BY_ITSELF, indirect=True)
def test_an_image_trains_by_itself_what_evaluation_can_load(
    container: Container, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.params["container"]
    configure(tmp_path, TOLD.get(name, {"task": "regression"}), "train", "validation")
    for channel in ("train", "validation"):
        rows = "".join(f"{2 * number},{number},1\n" for number in range(50))
        (tmp_path / "input/data" / channel / f"{channel}.csv").write_text(rows)
    ended = container.train(tmp_path)
    assert ended.exit_code == 0, ended.output
    (model,) = (tmp_path / "model").iterdir()
    assert model.name in ("xgboost-model", "model.joblib")


@scripted
def test_a_script_of_a_processing_job_finds_what_it_needs(
    container: Container, tmp_path: Path
) -> None:
    (tmp_path / "process.py").write_text(PROCESS)
    ended = container.process(tmp_path, "process.py", "an argument")
    assert (ended.exit_code, ended.output) == (0, "processed with an argument\n")


@scripted
@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"exit-with": "3"}, "train"),
        ({"sagemaker_submit_directory": "/nowhere.tar.gz"}, "/nowhere.tar.gz"),
        ({"sagemaker_submit_directory": "s3://bucket/sourcedir.tar.gz"}, "s3://bucket"),
    ],
)
def test_a_failed_training_says_why(
    container: Container, tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    _prepare(container, tmp_path, **changes)
    ended = container.train(tmp_path)
    assert ended.exit_code != 0
    assert named in (tmp_path / "output/failure").read_text()


@scripted
@pytest.mark.parametrize(
    ("inference", "model"), [(INFERENCE, "no model"), ("import no_such_module", "{}")]
)
def test_what_cannot_be_served_ends(
    container: Container, tmp_path: Path, inference: str, model: str
) -> None:
    _unpack_model(tmp_path, inference, model)
    assert container.serve_to_the_end(tmp_path).exit_code != 0
