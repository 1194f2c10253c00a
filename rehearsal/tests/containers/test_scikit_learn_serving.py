"""What the scikit-learn image does for a user module that leaves functions out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .image import Image
from .serving import Server, serving, variables

# Answers with what its predict got, so that the container's input_fn is seen.
SHAPE_AND_TYPE = """
class Model:
    def predict(self, data):
        return [str(data.dtype), *data.shape, *data.ravel().tolist()]

def model_fn(folder):
    return Model()
"""
LINEAR = """
import joblib, pathlib

def model_fn(folder):
    return joblib.load(pathlib.Path(folder, "model.joblib"))

def execution_parameters_fn():
    return '{"MaxPayloadInMB": 6}'
"""
FIT = """
import sys, joblib
from sklearn.linear_model import LinearRegression
joblib.dump(LinearRegression().fit([[0, 0], [1, 0], [0, 1]], [0, 2, 3]), sys.argv[1])
"""
NO_DEFAULT_ACCEPT = {"SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "application/json"}


@pytest.fixture(scope="module")
def image(images: Callable[[str], Image]) -> Image:
    return images("scikit_learn")


def _model(base: Path, module: str) -> Path:
    (base / "model/code").mkdir(parents=True)
    (base / "model/code/inference.py").write_text(module)
    return base


@pytest.fixture(scope="module")
def server(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The container's own functions, seen from a model that tells what it is given."""
    base = _model(tmp_path_factory.mktemp("told"), SHAPE_AND_TYPE)
    with serving(image, base, **NO_DEFAULT_ACCEPT) as running:
        yield running


@pytest.mark.parametrize(
    ("body", "media_type", "seen"),
    [
        ("1,2\n3,4\n", "text/csv", ["float32", 2, 2, 1, 2, 3, 4]),
        ("1,2\n", "text/csv", ["float32", 2, 1, 2]),
        ("1\n2\n", "text/csv", ["float32", 2, 1, 2]),
        ("1", "text/csv", ["float32", 1]),
        ('"1","2"\n3,4', "text/csv", ["float32", 2, 2, 1, 2, 3, 4]),
        ("[[1, 2]]", "application/json", ["float32", 1, 2, 1, 2]),
        ("[1, 2]", None, ["float32", 2, 1, 2]),
    ],
)
def test_one_row_or_column_of_csv_loses_a_dimension(
    server: Server, body: str, media_type: str | None, seen: list[object]
) -> None:
    answer = server.invoke(body, media_type)
    assert (answer.status, answer.media_type) == (200, "application/json")
    assert json.loads(answer.body) == seen


def test_npy_is_read_as_it_is(server: Server) -> None:
    header = b"{'descr': '|i1', 'fortran_order': False, 'shape': (1, 2), }\n"
    body = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\x01\x02"
    answer = server.send(body, {"Content-Type": "application/x-npy"})
    assert json.loads(answer.body) == ["int8", 1, 2, 1, 2]


@pytest.mark.parametrize(
    ("body", "media_type", "accept"),
    [
        ("1,x", "text/csv", None),
        ("1,2\n3", "text/csv", None),
        ("{", "application/json", None),
        ("1,2", "text/plain", None),
        ("1,2", "text/csv; charset=utf-8", None),
        ("1,2", "text/csv", "image/png"),
    ],
)
def test_whatever_the_containers_own_functions_refuse_is_a_500(
    server: Server, body: str, media_type: str, accept: str | None
) -> None:
    assert server.invoke(body, media_type, accept).status == 500


def test_a_real_model_answers_in_each_type(image: Image, tmp_path: Path) -> None:
    base = _model(tmp_path, LINEAR)
    (tmp_path / "fit.py").write_text(FIT)
    done = image.run(tmp_path / "fit.py", str(base / "model/model.joblib"))
    assert done.returncode == 0, done.stderr
    with serving(image, base) as running:
        as_csv = running.invoke("1,1\n0,1\n")
        as_json = running.invoke("[[1, 1]]", "application/json", "application/json")
        # scikit-learn refuses what one row of CSV becomes.
        one_row = running.invoke("1,1")
        running.connection.request("GET", "/execution-parameters")
        parameters = running.connection.getresponse().read()
    assert as_csv.media_type == "text/csv"
    assert [float(line) for line in as_csv.body.split()] == pytest.approx([5, 3])
    assert json.loads(as_json.body) == pytest.approx([5])
    assert one_row.status == 500
    assert json.loads(parameters) == {"MaxPayloadInMB": 6}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SAGEMAKER_PROGRAM": ""}, "SAGEMAKER_PROGRAM is missing"),
        ({"SAGEMAKER_SUBMIT_DIRECTORY": "/nowhere"}, "/nowhere"),
        ({"SAGEMAKER_SUBMIT_DIRECTORY": None}, "No module named 'inference'"),
        ({"PIP_NO_BUILD_ISOLATION": "1"}, "pip could not install the code"),
    ],
)
def test_what_is_not_there_ends_the_server(
    image: Image, tmp_path: Path, changes: dict[str, str | None], said: str
) -> None:
    base = _model(tmp_path, SHAPE_AND_TYPE)
    settings = {**variables(base, 1), **changes}
    given = {name: value for name, value in settings.items() if value is not None}
    done = image.start("serve", **given)
    assert done.returncode != 0
    assert said in done.stderr + done.stdout


def test_a_module_without_model_fn_is_not_served(image: Image, tmp_path: Path) -> None:
    base = _model(tmp_path, "def predict_fn(data, model):\n    return data\n")
    done = image.start("serve", **variables(base, 1))
    assert done.returncode != 0
    assert "Please provide a model_fn implementation" in done.stderr
