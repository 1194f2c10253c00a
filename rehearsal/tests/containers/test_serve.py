"""What the server of the local image answers, and when it does not start."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .image import Image
from .serving import Server, free_port, serving, unpack, variables

RECORD = "M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15"


def test_raw_records_give_predictions_near_their_labels(server: Server, lifecycle: Path) -> None:
    answer = server.invoke((lifecycle / "test/records.csv").read_text())
    assert (answer.status, answer.media_type) == (200, "text/csv")
    labels = [float(line) for line in (lifecycle / "test/labels.csv").read_text().splitlines()]
    predictions = [float(line) for line in answer.body.splitlines()]
    squares = [(a - b) ** 2 for a, b in zip(predictions, labels, strict=True)]
    evaluation = json.loads((lifecycle / "evaluation/evaluation.json").read_text())
    mse = evaluation["regression_metrics"]["mse"]["value"]
    assert sum(squares) / len(squares) == pytest.approx(mse)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (RECORD.replace("0.365", "wide"), "column 'diameter'"),
        (RECORD.replace("M,", "Z,"), "column 'sex'"),
        (RECORD.rpartition(",")[0], "column 'shell_weight' is missing"),
        (f"{RECORD}\n{RECORD},9", "row 2: surplus value '9'"),
        ("", "request is empty"),
    ],
)
def test_a_malformed_record_is_a_400_that_names_the_column(
    server: Server, body: str, named: str
) -> None:
    answer = server.invoke(body)
    assert answer.status == 400
    assert named in answer.body


def test_json_comes_out_when_accepted(server: Server) -> None:
    answer = server.invoke(RECORD, accept="application/json")
    assert answer.media_type == "application/json"
    assert json.loads(answer.body)["predictions"][0]["score"] > 0


def test_other_media_types_are_refused(server: Server) -> None:
    assert server.invoke("{}", content_type="application/json").status == 415
    assert server.invoke(RECORD, accept="image/png").status == 406


def test_the_server_survives_refusals(server: Server) -> None:
    assert server.invoke("nonsense").status == 400
    assert server.invoke(RECORD).status == 200
    assert server.process.poll() is None


def test_what_a_user_function_raises_is_a_500(
    image: Image, lifecycle: Path, tmp_path: Path
) -> None:
    unpack(lifecycle / "package/model.tar.gz", tmp_path)
    (tmp_path / "model/code/raising.py").write_text(
        "def model_fn(folder):\n    return None\n\n\n"
        "def input_fn(content, content_type):\n    raise ValueError('column x')\n"
    )
    with serving(image, tmp_path, "raising.py") as running:
        assert running.invoke(RECORD).status == 500


def test_missing_functions_get_the_containers_defaults(
    image: Image, lifecycle: Path, tmp_path: Path
) -> None:
    unpack(lifecycle / "package/model.tar.gz", tmp_path)
    (tmp_path / "model/code/plain.py").write_text(
        "import pathlib\nimport xgboost\n\n\n"
        "def model_fn(folder):\n"
        "    data = (pathlib.Path(folder) / 'xgboost-model').read_bytes()\n"
        "    return xgboost.Booster(model_file=bytearray(data))\n"
    )
    with serving(image, tmp_path, "plain.py") as running:
        answer = running.invoke(",".join(["0"] * 10))
    assert answer.status == 200
    assert float(answer.body) > 0


def test_without_a_program_the_model_itself_is_served(
    image: Image, lifecycle: Path, tmp_path: Path
) -> None:
    unpack(lifecycle / "package/model.tar.gz", tmp_path)
    with serving(image, tmp_path, None) as running:
        assert float(running.invoke(",".join(["0"] * 10)).body) > 0
        assert running.invoke("x,y").status == 415
        assert running.invoke("").status == 204


def test_in_algorithm_mode_a_file_beside_the_model_keeps_the_server_from_starting(
    image: Image, lifecycle: Path, tmp_path: Path
) -> None:
    unpack(lifecycle / "package/model.tar.gz", tmp_path)
    (tmp_path / "model/statistics.json").write_text("{}")
    done = image.start("serve", **variables(tmp_path, free_port(), None))
    assert done.returncode == 1
    assert "statistics.json cannot be loaded" in done.stderr


def test_a_script_is_served_with_the_files_and_modules_that_it_brings(
    image: Image, tmp_path: Path
) -> None:
    code = tmp_path / "model/code"
    code.mkdir(parents=True)
    (tmp_path / "model/model.json").write_text("7")
    # Named as a module of the container's own programs.
    (code / "transformer.py").write_text("UNIT = ' rings'\n")
    (code / "other.py").write_text(
        "import pathlib\nimport transformer\n\n\n"
        "def model_fn(folder):\n"
        "    return (pathlib.Path(folder) / 'model.json').read_text() + transformer.UNIT\n\n\n"
        "def transform_fn(model, content, content_type, accept):\n"
        "    return model, accept\n"
    )
    with serving(image, tmp_path, "other.py") as running:
        assert running.invoke("x").body == "7 rings"


def test_a_model_that_does_not_load_ends_the_server(
    image: Image, lifecycle: Path, tmp_path: Path
) -> None:
    unpack(lifecycle / "package/model.tar.gz", tmp_path)
    (tmp_path / "model/xgboost-model").write_bytes(b"not a model")
    done = image.start("serve", **variables(tmp_path, free_port()))
    assert done.returncode != 0


def test_sigterm_ends_server_and_workers(image: Image, lifecycle: Path, tmp_path: Path) -> None:
    unpack(lifecycle / "package/model.tar.gz", tmp_path)
    with serving(image, tmp_path) as running:
        children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
        workers = [int(pid) for pid in children.read_text().split()] if children.exists() else []
    assert running.process.returncode == 0
    for pid in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
