"""How a version is compared with a live one: whatever lies in that one's folder is a verdict."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import comparison
import numpy as np
import overlap
import pytest
from comparison import Candidate, compare
from dataset import Dataset
from metrics import SECTIONS
from quality import measure
from records import read_records, write_records
from served_package import write_package

ARN = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/demo/2"
COUNT = 40
LABELS = {
    "regression": ("mse", '{ type = "number" }', [f"{number / 10}" for number in range(COUNT)]),
    "binary": (
        "auc",
        '{ type = "category", values = ["no", "yes"] }',
        ["yes" if number >= COUNT // 2 else "no" for number in range(COUNT)],
    ),
    "multiclass": (
        "accuracy",
        '{ type = "category", values = ["a", "b", "c"] }',
        ["abc"[number % 3] for number in range(COUNT)],
    ),
}
SERVED = """
from dataset import OFFSET  # this package's own module of that name

def model_fn(folder):
    return None

def transform_fn(model, text, content_type, accept):
    rows = [line.split(",") for line in text.splitlines()]
    {body}
"""
# What the live version answers to the record of a number, by task; the offset makes it worse.
ANSWERS = {
    "regression": "lines = [f'{float(row[0]) / 10 + OFFSET}' for row in rows]",
    "binary": "lines = ['0.9' if int(row[0]) >= 20 + 10 * OFFSET else '0.1' for row in rows]",
    "multiclass": (
        "lines = [','.join('0.8' if place == int(int(row[0]) * (1 - OFFSET)) % 3 else '0.1'"
        " for place in range(3)) for row in rows]"
    ),
}
DONE = "return '\\n'.join(lines), accept"


def dataset_text(task: str, label: str = "target", feature: str = "number") -> str:
    return f'label = "{label}"\n[columns]\n{feature}.type = "number"\n{label} = {LABELS[task][1]}\n'


def candidate(task: str, offset: float = 0.0) -> Candidate:
    """A version whose predictions are as those of `ANSWERS` with that offset."""
    metric, _, labels = LABELS[task]
    dataset = Dataset.parse(dataset_text(task))
    rows = [[str(number)] for number in range(COUNT)]
    known: dict[str, Any] = {"rows": rows, "OFFSET": offset}
    exec(ANSWERS[task], known)  # the same text is served
    predictions = np.array([[float(cell) for cell in line.split(",")] for line in known["lines"]])
    return Candidate(
        task,
        metric,
        dataset,
        read_records(write_records(rows), dataset.features, source="records"),
        read_records(
            write_records([[label] for label in labels]), [dataset.label_column], source="labels"
        ),
        predictions if task == "multiclass" else predictions[:, 0],
    )


def live(folder: Path, task: str, *, offset: float = 0, body: str = "", settings: str = "") -> Path:
    """The folder of a live version that answers so, or does what `body` says."""
    indented = "\n    ".join([ANSWERS[task], DONE])
    files = {
        "code/inference.py": SERVED.replace("{body}", body or indented),
        "code/dataset.py": f"OFFSET = {offset}",
        "code/dataset.toml": settings or dataset_text(task),
    }
    write_package(folder / "model.tar.gz", {name: text.encode() for name, text in files.items()})
    return folder


@pytest.mark.parametrize("task", SECTIONS)
@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"), [(0, 0.5, "better"), (0.5, 0, "worse"), (0.5, 0.5, "same")]
)
def test_both_are_judged_by_the_same_records(
    task: str, ours: float, theirs: float, verdict: str, tmp_path: Path
) -> None:
    this, other = candidate(task, ours), candidate(task, theirs)
    found = compare(this, ARN, live(tmp_path, task, offset=theirs), None)
    assert (found["live"], found["verdict"]) == (ARN, verdict)
    for name, compared in found["metrics"].items():
        values = [
            measure(task, each.numbers, each.predictions)[SECTIONS[task]][name]["value"]
            for each in (this, other)
        ]
        assert [compared["this"], compared["live"]] == pytest.approx(values)
        assert compared["difference"] == compared["this"] - compared["live"]
    assert {LABELS[task][0]} < set(found["metrics"])
    assert "is_refused" not in found
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("arn", "verdict"), [("none", "no live version"), ("unknown", "not compared")]
)
def test_without_a_live_version_there_is_a_verdict_too(
    arn: str, verdict: str, tmp_path: Path
) -> None:
    assert compare(candidate("binary"), arn, tmp_path, None) == {"verdict": verdict}


@pytest.mark.parametrize(
    ("settings", "verdict", "reason"),
    [
        (dataset_text("multiclass"), "another task", "it tells 3 classes of 'target' apart"),
        (dataset_text("regression"), "another task", "'target' is a number to it"),
        (dataset_text("binary", label="churn"), "another task", "it predicts 'churn'"),
        (dataset_text("binary", feature="age"), "other columns", "'age' differs"),
    ],
)
def test_what_learnt_something_else_is_not_compared(
    settings: str, verdict: str, reason: str, tmp_path: Path
) -> None:
    found = compare(candidate("binary"), ARN, live(tmp_path, "binary", settings=settings), 0.1)
    assert found == {
        "live": ARN,
        "verdict": verdict,
        "reason": reason,
        "is_refused": 0,
        "refusal": "",
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("return '0.5', accept", "40 test records gave 1 predictions"),
        ("return 'nan\\n' * 40, accept", "the prediction 'nan'"),
        ("return '7\\n' * 40, accept", "is no probability"),
        ("return '0.1,0.2\\n' * 40, accept", "gave predictions of the shape 40x2"),
        ("raise ValueError('a\\x1bb')", "ValueError: a�b"),
        ("import os; os._exit(0)", "its process ended with code 0"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended with code -11"),
        ("return '0.1' * 2**20, accept", "File too large"),
        (
            "import warnings; warnings.warn('Trying to unpickle estimator X.\\nSee there.')",
            "UserWarning: Trying to unpickle estimator X. See there.",
        ),
        (
            "from types import SimpleNamespace as R; "
            "return R(get_data=lambda as_text: 'row 1 is refused')",
            "RefusedError: row 1 is refused",
        ),
    ],
)
def test_what_gives_no_predictions_is_not_compared(body: str, reason: str, tmp_path: Path) -> None:
    found = compare(candidate("binary"), ARN, live(tmp_path, "binary", body=body), 0.1)
    assert found["verdict"] == "could not be asked"
    assert reason in found["reason"]
    assert found["reason"].isprintable()
    assert found["is_refused"] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds what a process allocates")
def test_what_wants_more_memory_than_a_job_has_is_not_compared(tmp_path: Path) -> None:
    folder = live(tmp_path, "binary", body="bytearray(5 * 2**30)")
    assert "MemoryError" in compare(candidate("binary"), ARN, folder, None)["reason"]


def test_what_never_answers_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "MOST_SECONDS", 1)
    pid = tmp_path / "pid"
    body = f"""import subprocess, time
    open({str(pid)!r}, "w").write(str(subprocess.Popen(["sleep", "60"]).pid))
    time.sleep(60)"""
    found = compare(candidate("binary"), ARN, live(tmp_path, "binary", body=body), None)
    assert found["reason"] == "it did not answer within 1 s"
    shown = subprocess.run(["ps", "-o", "stat=", "-p", pid.read_text()], capture_output=True)
    assert shown.stdout.strip()[:1] in (b"", b"Z"), "what it started runs no more"


def test_a_folder_without_an_archive_or_with_another_is_not_compared(tmp_path: Path) -> None:
    found = compare(candidate("binary"), ARN, tmp_path, None)
    assert found["reason"] == "its folder holds no model.tar.gz"
    (tmp_path / "model.tar.gz").write_bytes(b"nothing")
    assert "is no archive" in compare(candidate("binary"), ARN, tmp_path, None)["reason"]
    write_package(tmp_path / "model.tar.gz", {"xgboost-model": b"model"})
    found = compare(candidate("binary"), ARN, tmp_path, None)
    assert found["reason"] == "its archive holds no code/dataset.toml"
    write_package(tmp_path / "model.tar.gz", {"code/dataset.toml": b"\xff"})
    assert "dataset.toml is not TOML" in compare(candidate("binary"), ARN, tmp_path, None)["reason"]


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted", "refusal"),
    [
        (0, 0.5, 0, ""),
        (0, 0.5, 0.25, ""),
        (0.5, 0.6, 0.11, ""),  # 0.36 - 0.25 is a little less, as a computer reckons
        (0, 0.5, 0.251, "mean squared error 0 is not 0.251 better than the live version's 0.25"),
    ],
)
def test_the_gate_asks_for_so_much(
    ours: float, theirs: float, wanted: float, refusal: str, tmp_path: Path
) -> None:
    folder = live(tmp_path, "regression", offset=theirs)
    found = compare(candidate("regression", ours), ARN, folder, wanted)
    assert (found["is_refused"], found["refusal"]) == (int(bool(refusal)), refusal)


def test_a_worse_version_is_refused_even_if_nothing_more_is_asked(tmp_path: Path) -> None:
    found = compare(candidate("binary", 1), ARN, live(tmp_path, "binary"), 0)
    assert found["is_refused"] == 1
    assert found["refusal"] == "AUC 0.75 is worse than the live version's 1"


def test_the_gate_stays_shut_when_nobody_looked_and_open_when_none_is_live(tmp_path: Path) -> None:
    unknown = compare(candidate("binary"), "unknown", tmp_path, 0.1)
    assert unknown["is_refused"] == 1
    assert "start the build with run-pipeline" in unknown["refusal"]
    assert compare(candidate("binary"), "none", tmp_path, 0.1)["is_refused"] == 0


def test_records_that_the_live_version_learnt_from_are_told(tmp_path: Path) -> None:
    this = candidate("binary")
    folder = live(tmp_path, "binary")
    assert compare(this, ARN, folder, None)["overlap"] is None
    overlap.write_digests(folder / overlap.DIGESTS, [*list(this.digests)[:10], 1, 2, 3])
    assert compare(this, ARN, folder, None)["overlap"] == 0.25


def test_another_label_makes_another_record() -> None:
    assert overlap.record_digest(["1", "2"], "3") != overlap.record_digest(["1"], "2")
    assert overlap.record_digest(["1", "2"], "3") != overlap.record_digest(["1", "2"], "4")


def test_of_more_records_the_smallest_digests_stand_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlap, "MOST_DIGESTS", 1000)
    file = tmp_path / overlap.DIGESTS
    known = [overlap.record_digest([str(number)], "") for number in range(10_000)]
    overlap.write_digests(file, known)
    assert file.stat().st_size == 8000
    others = [overlap.record_digest([str(number)], "x") for number in range(10_000)]
    assert overlap.overlap(file, known) == 1
    assert overlap.overlap(file, [*known, *others]) == pytest.approx(0.5, abs=0.05)
    assert overlap.overlap(file, [2**64 - 1]) is None


@pytest.mark.parametrize("content", [b"", b"1234567", bytes(8 * 1001)])
def test_a_file_that_is_none_of_ours_tells_nothing(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlap, "MOST_DIGESTS", 1000)
    (tmp_path / "file").write_bytes(content)
    assert overlap.overlap(tmp_path / "file", [0]) is None
