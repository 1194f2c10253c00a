"""A model of a package that no image has: trained by a script, evaluated, served."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ml_pipelines.code_upload import ARCHIVE, code_archive, code_folder
from ml_pipelines.settings import Algorithm
from ml_pipelines.vendored_packages import read_requirements

from rehearsal.conductor.synthetic_abalone import generate
from rehearsal.tests.containers.conftest import images  # noqa: F401
from rehearsal.tests.containers.contract import configure
from rehearsal.tests.containers.image import DATASET, SCRIPTS, Image
from rehearsal.tests.containers.serving import ISOLATED, serving, unpack

from .wheels import EXTENSION, EXTENSION_TAG, write_wheel

# Its predictions depend on the extension: how large a page of memory is.
MODEL = b"""
import numpy
from ringspeed import _psutil_linux

class Pages:
    def predict(self, table):
        return numpy.full(len(table), _psutil_linux.getpagesize() / 512)
"""
TRAIN = """
import os, pathlib
import joblib
from rings import Pages
joblib.dump(Pages(), pathlib.Path(os.environ["SM_MODEL_DIR"]) / "model.joblib")
"""
IMAGES = {
    "xgboost": Algorithm(framework="xgboost", version="3.2-0", hyperparameters={}),
    "scikit_learn": Algorithm(
        framework="scikit-learn", version="1.9-0", script="train.py", hyperparameters={}
    ),
}
RECORD = "M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15\n"


@pytest.fixture
def scripts(tmp_path: Path, index: Path) -> Path:
    """The repository's scripts, and a script that trains with two packages."""
    extension = {
        "ringspeed/__init__.py": b"",
        f"ringspeed/{EXTENSION.name}": EXTENSION.read_bytes(),
    }
    lock = write_wheel(index, "rings", {"rings.py": MODEL}, needs=("ringspeed", "numpy>=2"))
    lock += write_wheel(index, "ringspeed", extension, tag=EXTENSION_TAG)
    folder = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "train.py").write_text(TRAIN)
    (folder / "requirements.txt").write_text(lock)
    return folder


@pytest.mark.parametrize("name", IMAGES)
def test_a_vendored_package_trains_evaluates_and_serves(
    name: str,
    images: Callable[[str], Image],  # noqa: F811
    scripts: Path,
    tmp_path: Path,
) -> None:
    image = images(name)
    requirements = read_requirements(scripts, IMAGES[name])
    place = {"bucket": "b", "parent": "p"}
    training = code_archive([scripts / "train.py"], requirements, **place).objects()
    evaluation = code_folder(sorted(scripts.glob("*.py")), requirements, **place).objects()

    preprocess(image, tmp_path)
    base = tmp_path / "ml"
    code = base / "input/data/code" / ARCHIVE
    given = {"sagemaker_program": "train.py", "sagemaker_submit_directory": str(code)}
    configure(base, given, "train", "validation", "code")
    code.write_bytes(training[ARCHIVE])
    paths = {"SAGEMAKER_BASE_DIR": str(base), "PYTHONPATH": str(base / "code/packages")}
    done = image.start("train", **ISOLATED, **paths)
    assert done.returncode == 0, done.stdout + done.stderr

    evaluate(image, tmp_path, evaluation)
    served = tmp_path / "served"
    served.mkdir()
    unpack(tmp_path / "package/model.tar.gz", served)
    python_path = str(served / "model/code/packages")
    with serving(image, served, PYTHONPATH=python_path) as server:
        answer = server.invoke(RECORD)
    assert (answer.status, answer.body) == (200, "8\n")
    assert asked_as_live(image, served / "model", tmp_path) == "8\n"


def asked_as_live(image: Image, package: Path, folder: Path) -> str:
    """What the package answers when a later version is compared with it."""
    records, answer = folder / "records.csv", folder / "answer.csv"
    records.write_text(RECORD)
    done = image.run(SCRIPTS / "ask_live.py", str(package), str(records), str(answer), "1000")
    assert done.returncode == 0, done.stderr
    return answer.read_text()


def preprocess(image: Image, folder: Path) -> None:
    (folder / "input").mkdir()
    (folder / "input/synthetic.csv").write_text("\n".join(generate(200, seed=3)) + "\n")
    places = [
        part
        for name in ("train", "validation", "test", "statistics")
        for part in (f"--{name}-dir", str(folder / name))
    ]
    given = ["--input-dir", str(folder / "input"), "--input-url", "s3://bucket/input/"]
    done = image.run(SCRIPTS / "preprocess.py", *places, *given, *DATASET)
    assert done.returncode == 0, done.stderr


def evaluate(image: Image, folder: Path, code: dict[str, bytes]) -> None:
    """Evaluate what was trained with the code as it lies in S3."""
    (folder / "model").mkdir()
    archive = folder / "model/model.tar.gz"
    subprocess.run(["tar", "-czf", archive, "-C", folder / "ml/model", "."], check=True)
    (folder / "evaluation-code").mkdir()
    for name, content in code.items():
        (folder / "evaluation-code" / name).write_bytes(content)
    places = [
        part
        for name in ("model", "statistics", "test", "package", "evaluation")
        for part in (f"--{name}-dir", str(folder / name))
    ]
    given = ["--code-dir", str(folder / "evaluation-code"), "--task", "regression"]
    script = folder / "evaluation-code/evaluate.py"
    done = image.run(script, *places, *given, "--metric", "mse", *DATASET)
    assert done.returncode == 0, done.stderr
