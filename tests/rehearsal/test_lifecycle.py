"""The whole lifecycle by the command that a newcomer types, and what it says when it cannot.

Each test plays in a clone of its own, so that a rehearsal that runs in this folder is not in
the way and two of them run beside each other.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from rehearsal.synthetic_abalone import generate
from rehearsal.trials.logged_secrets import find_secrets, read_files

ROOT = Path(__file__).resolve().parents[2]
REAL_DATA = ROOT.parent / "shared" / "data" / "abalone.csv"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Copy the project's files and link what is installed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    folder = tmp_path / "clone"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
            target.chmod((ROOT / name).stat().st_mode)
    for installed in ("node_modules", ".images"):
        (folder / installed).symlink_to(ROOT / installed)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def _rehearse(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rehearsal", *arguments],
        cwd=clone,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def _report(clone: Path) -> dict[str, Any]:
    return dict(json.loads((clone / ".rehearsal" / "report.json").read_text(encoding="utf-8")))


def _processes_of(clone: Path) -> list[str]:
    """Command lines of the processes that have the clone's state in their arguments."""
    return [
        " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline"])
        if any(str(clone / ".rehearsal") in part for part in process.info["cmdline"] or ())
    ]


def _check_whole_lifecycle(clone: Path, done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stdout + done.stderr
    report = _report(clone)
    assert report["outcome"] == "succeeded"
    names = [act["name"] for act in report["acts"]]
    assert names == ["set-up", "register", "launch", "build", "approve", "predict", "clean-up"]
    facts = dict(report["facts"])
    assert set(facts["launch"]["commits"].values()) == {1}
    assert facts["endpoint_mse"] <= 6.0
    assert len(facts["predictions"]) == 5
    assert {remain["kind"] for remain in facts["remains"]} == {
        "repository",
        "bucket",
        "key",
        "model package group",
        "log group",
    }
    assert all(remain["chosen"] for remain in facts["remains"])
    assert _processes_of(clone) == []
    return facts


def test_the_lifecycle_ends_with_predictions_and_leaves_what_was_chosen(clone: Path) -> None:
    done = _rehearse(clone)
    facts = _check_whole_lifecycle(clone, done)
    assert "synthetic" in facts["data"]
    made = "".join(f"{record}\n" for record in generate()).encode()
    assert facts["provenance"]["data_sha256"] == hashlib.sha256(made).hexdigest()
    assert "predicted" in done.stdout
    _check_no_secret_is_logged(clone)


@pytest.mark.skipif(not REAL_DATA.exists(), reason="the real abalone data is not here")
def test_the_lifecycle_on_the_real_data_reaches_the_known_error(clone: Path) -> None:
    done = _rehearse(clone, "--data", str(REAL_DATA), "--json")
    facts = _check_whole_lifecycle(clone, done)
    assert 4.1 <= facts["test_mse"] <= 5.2
    assert json.loads(done.stdout)["outcome"] == "succeeded"


def _check_no_secret_is_logged(clone: Path) -> None:
    state = clone / ".rehearsal"
    tokens = json.loads((state / "world.json").read_text(encoding="utf-8"))["tokens"].values()
    texts = read_files(
        state,
        *("logs/*.log", "github/logs/*.txt", "aws/sagemaker/logs/**/*"),
        *("aws/services/cloudwatch_logs.json", "report.json"),
    )
    assert len(texts) > 8
    assert find_secrets(texts, tokens) == []


def test_a_kept_world_is_told_of_refused_a_second_time_and_ended(clone: Path) -> None:
    done = _rehearse(clone, "--until", "set-up", "--keep")
    assert done.returncode == 0, done.stderr
    assert "AWS_ENDPOINT_URL=" in done.stdout
    assert "running" in _rehearse(clone, "status").stdout
    again = _rehearse(clone)
    assert again.returncode == 1
    assert "ARGS=down" in again.stderr
    assert "aws" in _rehearse(clone, "logs").stdout
    _check_faults_are_set_and_cleared(clone)
    assert _rehearse(clone, "down").returncode == 0
    assert _processes_of(clone) == []
    assert _rehearse(clone, "up").returncode == 0
    assert _rehearse(clone, "down").returncode == 0


def _check_faults_are_set_and_cleared(clone: Path) -> None:
    assert "502" in _rehearse(clone, "fault", "502", "--path", "/user$").stdout
    world = json.loads((clone / ".rehearsal" / "world.json").read_text(encoding="utf-8"))
    headers = {"Authorization": f"Bearer {world['tokens']['data-scientist']}"}
    url = f"http://127.0.0.1:{world['github_port']}/api/v3/user"
    statuses = [requests.get(url, headers=headers, timeout=10).status_code for _ in range(2)]
    assert statuses == [502, 200]
    assert "hits: 1" in _rehearse(clone, "fault", "--list").stdout
    assert _rehearse(clone, "fault", "--clear").returncode == 0
    assert _rehearse(clone, "fault", "--list").stdout == ""
    assert _rehearse(clone, "fault", "502", "--path", "(").returncode == 1


def _hear_interruptions() -> None:
    """Undo what a shell does to a command in its background: ignore SIGINT, children included."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interruption_leaves_no_process_behind(clone: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "rehearsal"],
        cwd=clone,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_interruptions,
    )
    deadline = time.monotonic() + 60
    while len(_processes_of(clone)) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(child.pid, signal.SIGINT)
    try:
        _, said = child.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise
    assert child.returncode == 130
    assert "Interrupted" in said
    assert _processes_of(clone) == []
    assert _report(clone)["outcome"] == "interrupted"


def test_a_bad_data_file_is_refused_before_anything_starts(clone: Path) -> None:
    file = clone / "bad.csv"
    file.write_text("sex,length,diameter\n", encoding="utf-8")
    done = _rehearse(clone, "--data", str(file))
    assert done.returncode == 1
    assert "header row" in done.stderr
    assert not (clone / ".rehearsal").exists()


def test_a_failing_act_names_its_log(clone: Path) -> None:
    (clone / "app.py").write_text("raise SystemExit('broken on purpose')\n", encoding="utf-8")
    done = _rehearse(clone, "--until", "register")
    assert done.returncode == 1
    assert done.stderr.strip()
    assert _report(clone)["failed_act"] == "register"
    assert _processes_of(clone) == []


def test_a_gate_that_fails_registers_nothing_and_says_so(clone: Path) -> None:
    records = [record.rsplit(",", 1)[0] for record in generate(400)]
    file = clone / "noise.csv"
    file.write_text(
        "".join(f"{record},{1 + position * 7 % 29}\n" for position, record in enumerate(records)),
        encoding="utf-8",
    )
    done = _rehearse(clone, "--data", str(file), "--until", "build")
    assert done.returncode == 1
    assert "mean squared error is above MseThreshold 6.0" in done.stderr
    assert "processing-job" in done.stderr
    assert _report(clone)["failed_act"] == "build"
