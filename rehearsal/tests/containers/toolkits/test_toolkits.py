"""The local images beside AWS's own toolkits: the same scripts and requests, the same outcome.

The toolkits hold C code, so a compiler is needed. Where the local images differ on purpose is said
in rehearsal/docs/decisions/sagemaker-container-images.md; what the tests must leave out of that, in
`_outcome`.
"""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehearsal.aws.sagemaker.network_isolation import without_network
from rehearsal.tests.containers.contract import configure, digests, pack
from rehearsal.tests.containers.image import Image
from rehearsal.tests.containers.serving import ISOLATED
from rehearsal.tests.containers.test_scikit_learn_serving import SHAPE_AND_TYPE
from rehearsal.tests.containers.test_script_training import CODE, SHOW, WRITTEN

pytestmark = [pytest.mark.proof("scenarios"), pytest.mark.timeout(900)]
HERE = Path(__file__).parent
TRAINERS = {
    "xgboost": ("sagemaker_containers", "sagemaker_xgboost_container.training:main"),
    "scikit_learn": ("sagemaker_training", "sagemaker_sklearn_container.training:main"),
}
"""Toolkit and module of AWS's images, by the folder of ours."""
HYPERPARAMETERS = {
    "sagemaker_program": "train.py",
    "sagemaker_mpi_enabled": "false",
    **WRITTEN,
    "large": "123456789012345678901",
    "none": "NaN",
}
PACKAGE = 'from setuptools import setup\nsetup(name="rings", py_modules=["train"])\n'
OWN_FAILURE = (
    "import os, pathlib\n"
    "pathlib.Path(os.environ['SM_OUTPUT_DIR'], 'failure').write_text('no rings')\n"
    "raise SystemExit(1)\n"
)
JOBS: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {
    "tells": ({"train_py": SHOW}, {}, {}),
    "fails": ({"train_py": "raise SystemExit(3)"}, {}, {}),
    "fails-in-its-own-words": ({"train_py": OWN_FAILURE}, {}, {}),
    "needs-what-is-there": ({"train_py": SHOW, "requirements_txt": "numpy\n"}, {}, {}),
    "needs-what-is-nowhere": ({"train_py": SHOW, "requirements_txt": "no-such-rings\n"}, {}, {}),
    "is-a-package": ({"train_py": SHOW, "setup_py": PACKAGE}, {}, {}),
    "is-not-there": ({}, {"sagemaker_submit_directory": "/nowhere.tar.gz"}, {}),
    "lacks-the-variable": ({"train_py": SHOW}, {}, {"PIP_NO_BUILD_ISOLATION": "1"}),
}
"""Files, hyperparameters and variables."""


def _train(argv: list[str], image: Image, base: Path, job: str, **more: str) -> dict[str, Any]:
    """What a job leaves, with its own places named alike."""
    files, hyperparameters, variables = JOBS[job]
    (base / "input/data/code").mkdir(parents=True)
    pack(base / CODE, **files)
    given = {"sagemaker_submit_directory": str(base / CODE), **HYPERPARAMETERS, **hyperparameters}
    configure(base, given, "train", "code")
    given = {**ISOLATED, **variables, **more, "SAGEMAKER_BASE_DIR": str(base)}
    environment = image.environment(**given)
    done = subprocess.run(argv, env=environment, cwd=base, capture_output=True, text=True)
    return _outcome(base, done.returncode)


def _outcome(base: Path, exit_code: int) -> dict[str, Any]:
    told, failure = base / "model/told.json", base / "output/failure"
    shown = json.loads(told.read_text()) if told.exists() else None
    said = failure.read_text() if failure.exists() else None
    if said and said.lower().startswith("framework error"):
        # Ours leaves the traceback to the log.
        said = f"{said.splitlines()[0]} … {said.splitlines()[-1]}"
    outcome = {"exit code": exit_code, "told": shown, "failure": said}
    names = {
        "success": (base / "output/success").exists(),
        "model": sorted(digests(base / "model")),
    }
    return dict(json.loads(json.dumps({**outcome, **names}).replace(str(base), "/opt/ml")))


def _their_environment(base: Path, **variables: str) -> dict[str, str]:
    """What the Dockerfiles set, and what keeps the toolkits to this machine."""
    config = base / "input/config"
    return {
        "SM_INPUT": str(base / "input"),
        "SM_INPUT_TRAINING_CONFIG_FILE": str(config / "hyperparameters.json"),
        "SM_INPUT_DATA_CONFIG_FILE": str(config / "inputdataconfig.json"),
        "SM_CHECKPOINT_CONFIG_FILE": str(config / "checkpointconfig.json"),
        "SM_MODEL_DIR": str(base / "model"),
        "SM_STUDIO_LOCAL_MODE": "true",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        # Today's protobuf reads what an old one generated in its slower form alone.
        "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": "python",
        **variables,
    }


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("folder", TRAINERS)
def test_a_job_ends_alike(
    with_toolkits: Callable[[Path], Path],
    images: Callable[[str], Image],
    tmp_path: Path,
    folder: str,
    job: str,
) -> None:
    image, (toolkit, module) = images(folder), TRAINERS[folder]
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    python = str(with_toolkits(theirs))
    variables = _their_environment(theirs, SAGEMAKER_TRAINING_MODULE=f"wiring:train_{folder}")
    run = [*without_network(), python, "-m", f"{toolkit}.cli.train"]
    expected = _train(run, image, theirs, job, **variables)
    found = _train(image.command("train"), image, tmp_path / "ours", job)
    if expected["told"]:
        del expected["told"]["variables"]["SM_STUDIO_LOCAL_MODE"]
    text = json.dumps(expected).replace(f"wiring:train_{folder}", module)
    assert found == json.loads(text)


BODIES = [
    (body.encode("latin-1"), media_type, accept)
    for body, media_type in [
        ("1,2\n3,4\n", "text/csv"),
        ("1,2", "text/csv"),
        ("1\n2\n", "text/csv"),
        ("7", "text/csv"),
        ("", "text/csv"),
        ("1,x", "text/csv"),
        ("1,2\n3", "text/csv"),
        ("1,2\r\n3,4\r\n", "text/csv"),
        ('"1","2"', "text/csv"),
        ('"1', "text/csv"),
        ("\xff,1", "text/csv"),
        ("1e400,-inf", "text/csv"),
        ("1,2", "text/csv; charset=utf-8"),
        ("[[1, 2]]", "application/json"),
        ("[1, 2]", ""),
        ("{", "application/json"),
        ('{"a": 1}', "application/json"),
        ("1,2", "text/plain"),
        ("1,2", "application/x-npy"),
    ]
    for accept in ("", "text/csv", "application/json", "application/x-npy", "*/*", "image/png")
]
MODULES = {
    "defaults": SHAPE_AND_TYPE,
    "returns": """
import numpy as np, flask
def model_fn(folder):
    return 3
def input_fn(content, content_type):
    return content if isinstance(content, str) else content.decode("latin-1")
def predict_fn(data, model):
    answers = {"1,2": np.float32([0.1, 2.5]), "7": [[1, 2.5], [3, 4]]}
    return {**answers, "[1, 2]": {"a": np.arange(2)}}[data]
""",
    "transforms": """
import flask
def model_fn(folder):
    return 3
def transform_fn(model, content, content_type, accept):
    if content_type == "text/plain":
        return flask.Response("no", status=415)
    if content == "7":
        return "as text"
    return f"{type(content).__name__} {content_type} {accept}", accept
""",
}


@pytest.mark.parametrize("module", MODULES)
def test_requests_are_answered_alike(
    with_toolkits: Callable[[Path], Path],
    images: Callable[[str], Image],
    tmp_path: Path,
    module: str,
) -> None:
    image, answers = images("scikit_learn"), {}
    asked = json.dumps(
        [
            {"body": base64.b64encode(body).decode(), "Content-Type": kind, "Accept": accept}
            for body, kind, accept in BODIES
        ]
    )
    for whose in ("theirs", "ours"):
        base = tmp_path / whose
        (base / "model/code").mkdir(parents=True)
        (base / "model/code/inference.py").write_text(MODULES[module])
        serve = image.command("serve")
        if whose == "theirs":
            serve = [str(with_toolkits(base)), "-m", "sagemaker_containers.cli.serve"]
        environment = image.environment(
            **_their_environment(base),
            **ISOLATED,
            SAGEMAKER_BASE_DIR=str(base),
            SAGEMAKER_USE_NGINX="false",
            SAGEMAKER_MODEL_SERVER_WORKERS="1",
            SAGEMAKER_SERVING_MODULE="wiring:serve_scikit_learn",
            SAGEMAKER_PROGRAM="inference.py",
            SAGEMAKER_SUBMIT_DIRECTORY=str(base / "model/code"),
            PATH=f"{Path(serve[0]).parent}:/usr/bin:/bin",
            PYTHONPATH=str(HERE),
        )
        ask = [*without_network(), str(image.python), str(HERE / "ask.py"), "8080", asked, *serve]
        done = subprocess.run(ask, env=environment, cwd=base, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        answers[whose] = json.loads(done.stdout)
    assert len(answers["theirs"]) == len(BODIES)
    different = [
        (request, theirs, ours)
        for request, theirs, ours in zip(BODIES, answers["theirs"], answers["ours"], strict=True)
        if theirs != ours
    ]
    assert different == []
