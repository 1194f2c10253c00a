"""Scripts are trained as AWS's two toolkits train them, each in its own way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .contract import configure, pack
from .image import Image
from .serving import ISOLATED

SHOW = """
import json, os, pathlib, sys
told = {name: value for name, value in os.environ.items() if name.startswith("SM_")}
text = json.dumps({"arguments": sys.argv[1:], "variables": told, "folder": os.getcwd()})
pathlib.Path(os.environ["SM_MODEL_DIR"], "told.json").write_text(text)
"""
CODE = "input/data/code/sourcedir.tar.gz"
# Hyperparameters as SageMaker hands them on, each as text.
WRITTEN = {
    "n": "10",
    "eta": "0.30",
    "is_fast": "true",
    "nothing": "null",
    "weights": '{"b": 2, "a": 1}',
    "sizes": "[1, 2]",
    "words": "two words",
    "quoted": '"5"',
}


@pytest.fixture(params=["xgboost", "scikit_learn"])
def image(request: pytest.FixtureRequest, images: Callable[[str], Image]) -> Image:
    return images(request.param)


def _train(
    image: Image, base: Path, hyperparameters: dict[str, str], variables: dict[str, str] = ISOLATED
) -> int:
    """Train with the code that is packed; the exit code."""
    given = {"sagemaker_submit_directory": str(base / CODE), **hyperparameters}
    configure(base, given, "train", "my-own_channel", "code")
    return image.start("train", SAGEMAKER_BASE_DIR=str(base), **variables).returncode


def _pack(base: Path, **files: str) -> None:
    (base / "input/data/code").mkdir(parents=True)
    pack(base / CODE, **files)


def _told(base: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((base / "model/told.json").read_text())
    return told


def test_hyperparameters_are_decoded_and_sorted_into_arguments(
    image: Image, tmp_path: Path
) -> None:
    _pack(tmp_path, train_py=SHOW)
    hyperparameters = {
        "sagemaker_program": '"train.py"',
        "sagemaker_job_name": "for the toolkit",
        **WRITTEN,
    }
    assert _train(image, tmp_path, hyperparameters) == 0
    told = _told(tmp_path)
    assert told["arguments"] == [
        *("--eta", "0.3", "--is_fast", "True", "-n", "10", "--nothing", "", "--quoted", "5"),
        *("--sizes", "[1, 2]", "--weights", "a=1,b=2", "--words", "two words"),
    ]
    variables = told["variables"]
    assert json.loads(variables["SM_HPS"])["eta"] == 0.3
    assert variables["SM_HP_IS_FAST"] == "true"
    assert variables["SM_HP_WEIGHTS"] == '{"a":1,"b":2}'
    assert json.loads(variables["SM_USER_ARGS"]) == told["arguments"]


def test_a_script_is_told_where_everything_is(image: Image, tmp_path: Path) -> None:
    _pack(tmp_path, train_py=SHOW)
    assert _train(image, tmp_path, {"sagemaker_program": "train.py"}) == 0
    told = _told(tmp_path)
    assert told["folder"] == str(tmp_path / "code")
    variables = told["variables"]
    places = {
        "SM_MODEL_DIR": "model",
        "SM_CHANNEL_TRAIN": "input/data/train",
        "SM_CHANNEL_MY-OWN_CHANNEL": "input/data/my-own_channel",
        "SM_OUTPUT_DATA_DIR": "output/data",
        "SM_INPUT_DATA_CONFIG_FILE": "input/config/inputdataconfig.json",
        "SM_MODULE_DIR": CODE,
    }
    assert {name: variables[name] for name in places} == {
        name: str(tmp_path / place) for name, place in places.items()
    }
    assert int(variables["SM_NUM_CPUS"]) > 0
    assert json.loads(variables["SM_CHANNELS"]) == ["code", "my-own_channel", "train"]
    assert (variables["SM_MODULE_NAME"], variables["SM_USER_ENTRY_POINT"]) == ("train", "train.py")
    assert json.loads(variables["SM_TRAINING_ENV"])["is_master"] is True


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("xgboost", r'ExecuteUserScriptError:\nCommand "{python} -m train --depth 3"'),
        (
            "scikit_learn",
            r'ExecuteUserScriptError:\nExitCode 3\nErrorMessage ""\n'
            r'Command "{python} train.py --depth 3"',
        ),
    ],
)
def test_a_failed_script_is_told_in_the_words_of_its_toolkit(
    images: Callable[[str], Image], tmp_path: Path, folder: str, reason: str
) -> None:
    _pack(tmp_path, train_py="raise SystemExit(3)")
    settings = {"sagemaker_program": "train.py", "depth": "3"}
    assert _train(images(folder), tmp_path, settings) == 1
    python = str(tmp_path / "venv/bin/python")
    said = (tmp_path / "output/failure").read_text()
    assert said == reason.replace(r"\n", "\n").format(python=python)


@pytest.mark.parametrize(("folder", "stays"), [("xgboost", False), ("scikit_learn", True)])
def test_what_a_script_says_of_its_failure_stays_with_one_toolkit_alone(
    images: Callable[[str], Image], tmp_path: Path, folder: str, stays: bool
) -> None:
    script = (
        "import os, pathlib\n"
        "pathlib.Path(os.environ['SM_OUTPUT_DIR'], 'failure').write_text('no rings')\n"
        "raise SystemExit(1)\n"
    )
    _pack(tmp_path, train_py=script)
    assert _train(images(folder), tmp_path, {"sagemaker_program": "train.py"}) == 1
    assert ((tmp_path / "output/failure").read_text() == "no rings") is stays


@pytest.mark.parametrize(("folder", "exit_code"), [("xgboost", 1), ("scikit_learn", 0)])
def test_in_isolation_only_the_toolkit_that_makes_a_package_needs_its_tools(
    images: Callable[[str], Image], tmp_path: Path, folder: str, exit_code: int
) -> None:
    """AWS's own test of script mode in isolation is expected to fail for XGBoost 3.2-0."""
    _pack(tmp_path, train_py=SHOW)
    settings = {"sagemaker_program": "train.py"}
    assert _train(images(folder), tmp_path, settings, {"PIP_NO_INDEX": "1"}) == exit_code
    if exit_code:
        said = (tmp_path / "output/failure").read_text()
        assert said.startswith("InstallModuleError:\nCommand ")


def test_requirements_that_the_image_has_are_met(image: Image, tmp_path: Path) -> None:
    _pack(tmp_path, train_py=f"import numpy\n{SHOW}", requirements_txt="numpy\nscikit-learn>=1.2\n")
    assert _train(image, tmp_path, {"sagemaker_program": "train.py"}) == 0


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("xgboost", 'InstallModuleError:\nCommand "{python} -m pip install . -r requirements.txt"'),
        (
            "scikit_learn",
            'InstallRequirementsError:\nExitCode 1\nErrorMessage ""\n'
            'Command "{python} -m pip install -r requirements.txt"',
        ),
    ],
)
def test_requirements_that_nobody_has_fail_in_isolation(
    images: Callable[[str], Image], tmp_path: Path, folder: str, reason: str
) -> None:
    _pack(tmp_path, train_py=SHOW, requirements_txt="no-such-package-of-rings\n")
    assert _train(images(folder), tmp_path, {"sagemaker_program": "train.py"}) == 1
    said = (tmp_path / "output/failure").read_text()
    assert said == reason.format(python=tmp_path / "venv/bin/python")


def test_code_that_is_a_package_is_installed_and_run_as_a_module(
    image: Image, tmp_path: Path
) -> None:
    package = 'from setuptools import setup\nsetup(name="rings", py_modules=["train", "rings"])\n'
    code = f"import importlib.metadata\nimportlib.metadata.version('rings')\n{SHOW}"
    _pack(tmp_path, train_py=code, rings_py="", setup_py=package)
    assert _train(image, tmp_path, {"sagemaker_program": "train.py"}) == 0


def test_a_folder_is_code_too(image: Image, tmp_path: Path) -> None:
    folder = tmp_path / "input/data/code/src"
    folder.mkdir(parents=True)
    (folder / "train.py").write_text(SHOW)
    settings = {"sagemaker_program": "train.py", "sagemaker_submit_directory": str(folder)}
    assert _train(image, tmp_path, settings) == 0
    assert [path.name for path in folder.iterdir()] == ["train.py"]


def test_a_shell_command_is_trained_by_the_scikit_learn_image(
    images: Callable[[str], Image], tmp_path: Path
) -> None:
    _pack(tmp_path, train_sh='echo "$*" > "$SM_MODEL_DIR/arguments"\n')
    settings = {"sagemaker_program": "train.sh", "words": "it's two"}
    assert _train(images("scikit_learn"), tmp_path, settings) == 0
    assert (tmp_path / "model/arguments").read_text() == "--words it's two\n"


def test_the_scikit_learn_image_has_no_algorithm_of_its_own(
    images: Callable[[str], Image], tmp_path: Path
) -> None:
    _pack(tmp_path, train_py=SHOW)
    assert _train(images("scikit_learn"), tmp_path, {"depth": "3"}) == 1
    assert "no hyperparameter sagemaker_program" in (tmp_path / "output/failure").read_text()


def test_code_that_is_not_there_ends_as_its_error_is_numbered(image: Image, tmp_path: Path) -> None:
    settings = {"sagemaker_program": "train.py"}
    assert _train(image, tmp_path, settings) == 2
    said = (tmp_path / "output/failure").read_text()
    assert said.lower().startswith("framework error: \n")
    assert f"No such file or directory: '{tmp_path / CODE}'" in said


def test_the_programs_of_the_rehearsal_are_not_what_a_script_imports(
    image: Image, tmp_path: Path
) -> None:
    _pack(tmp_path, train_py="import importlib.util as u\nassert not u.find_spec('rehearsal')\n")
    assert _train(image, tmp_path, {"sagemaker_program": "train.py"}) == 0
