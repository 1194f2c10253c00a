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

import pytest
import requests

from rehearsal.conductor.synthetic_abalone import generate
from tests.rehearsed.command import (
    SECONDS,
    check_links_open,
    check_no_secret_is_logged,
    check_recording,
    check_whole_lifecycle,
    processes_of,
    read_report,
    rehearse,
)
from tests.rehearsed.lifecycle.by_hand import ByHand

pytestmark = pytest.mark.timeout(SECONDS)
ROOT = Path(__file__).resolve().parents[3]
REAL_DATA = ROOT.parent / "shared" / "data" / "abalone.csv"


def test_the_lifecycle_ends_with_predictions_and_leaves_what_was_chosen(clone: Path) -> None:
    file = clone / "play.html"
    done = rehearse(clone, "--keep", "--record", file.name)
    try:
        links = check_links_open(clone, done.stdout)
        check_recording(clone, file)
    finally:
        rehearse(clone, "down")
    assert len(links) >= 6  # GitHub itself, three repositories, a build and a deployment
    facts = check_whole_lifecycle(clone, done)
    assert "synthetic" in facts["data"]
    made = "".join(f"{record}\n" for record in generate()).encode()
    assert facts["provenance"]["data_sha256"] == hashlib.sha256(made).hexdigest()
    assert facts["comparison"] == {"verdict": "no live version"}
    assert "predicted" in done.stdout
    check_no_secret_is_logged(clone)


@pytest.mark.proof("scenarios")
@pytest.mark.skipif(not REAL_DATA.exists(), reason="the real abalone data is not here")
def test_the_lifecycle_on_the_real_data_reaches_the_known_error(clone: Path) -> None:
    done = rehearse(clone, "--data", str(REAL_DATA), "--json")
    facts = check_whole_lifecycle(clone, done)
    assert 4.1 <= facts["metrics"]["mse"] <= 5.2
    assert json.loads(done.stdout)["outcome"] == "succeeded"


def test_a_kept_world_is_told_of_refused_a_second_time_and_ended(clone: Path) -> None:
    done = rehearse(clone, "--until", "set-up", "--keep")
    assert done.returncode == 0, done.stderr
    assert "AWS_ENDPOINT_URL=" in done.stdout
    assert "running" in rehearse(clone, "status").stdout
    again = rehearse(clone)
    assert again.returncode == 1
    assert "ARGS=down" in again.stderr
    assert "aws" in rehearse(clone, "logs").stdout
    _check_faults_are_set_and_cleared(clone)
    assert rehearse(clone, "down").returncode == 0
    assert processes_of(clone) == []
    assert rehearse(clone, "up").returncode == 0
    assert rehearse(clone, "down").returncode == 0


def _check_faults_are_set_and_cleared(clone: Path) -> None:
    assert "502" in rehearse(clone, "fault", "502", "--path", "/user$").stdout
    world = json.loads((clone / ".rehearsal" / "world.json").read_text(encoding="utf-8"))
    headers = {"Authorization": f"Bearer {world['tokens']['data-scientist']}"}
    url = f"http://127.0.0.1:{world['github_port']}/api/v3/user"
    statuses = [requests.get(url, headers=headers, timeout=10).status_code for _ in range(2)]
    assert statuses == [502, 200]
    assert "hits: 1" in rehearse(clone, "fault", "--list").stdout
    assert rehearse(clone, "fault", "--clear").returncode == 0
    assert rehearse(clone, "fault", "--list").stdout == ""
    assert rehearse(clone, "fault", "502", "--path", "(").returncode == 1


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
    while len(processes_of(clone)) < 3 and time.monotonic() < deadline:
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
    assert processes_of(clone) == []
    assert read_report(clone)["outcome"] == "interrupted"


def test_a_bad_data_file_is_refused_before_anything_starts(clone: Path) -> None:
    file = clone / "bad.csv"
    file.write_text("sex,length,diameter\n", encoding="utf-8")
    done = rehearse(clone, "--data", str(file))
    assert done.returncode == 1
    assert "header row" in " ".join(done.stderr.split())
    assert not (clone / ".rehearsal").exists()


def test_a_failing_act_names_its_log(clone: Path) -> None:
    (clone / "app.py").write_text("raise SystemExit('broken on purpose')\n", encoding="utf-8")
    done = rehearse(clone, "--until", "register")
    assert done.returncode == 1
    assert done.stderr.strip()
    assert read_report(clone)["failed_act"] == "register"
    assert processes_of(clone) == []


@pytest.mark.proof("scenarios")
def test_a_kept_world_tells_what_it_serves_and_keeps_what_people_do_by_hand(clone: Path) -> None:
    assert rehearse(clone, "--keep", "--until", "approve").returncode == 0
    try:
        package = read_report(clone)["facts"]["model_package_arn"]
        served = f"abalone-rings-dev is InService and serves {package}"
        assert served in rehearse(clone, "status").stdout
        names = [line.split()[0] for line in rehearse(clone, "logs").stdout.splitlines()]
        jobs = [name for name in names if name.startswith(("training-job/", "processing-job/"))]
        assert {name.partition("/")[0] for name in jobs} == {"training-job", "processing-job"}
        assert all(rehearse(clone, "logs", name).stdout.strip() for name in jobs)
        _check_what_people_do_by_hand_stays(clone, package, served)
    finally:
        rehearse(clone, "down")


def _check_what_people_do_by_hand_stays(clone: Path, package: str, served: str) -> None:
    by_hand = ByHand(clone, package)
    by_hand.remove()
    by_hand.check_it_stays()
    assert served not in rehearse(clone, "status").stdout
    by_hand.deploy()
    by_hand.check_it_stays()
    assert served in rehearse(clone, "status").stdout


@pytest.mark.proof("scenarios")
def test_a_gate_that_fails_registers_nothing_and_says_so(clone: Path) -> None:
    records = [record.rsplit(",", 1)[0] for record in generate(400)]
    file = clone / "noise.csv"
    file.write_text(
        "".join(f"{record},{1 + position * 7 % 29}\n" for position, record in enumerate(records)),
        encoding="utf-8",
    )
    done = rehearse(clone, "--data", str(file), "--until", "build")
    assert done.returncode == 1
    assert "is above MetricThreshold 6.0" in done.stderr
    assert "processing-job" in done.stderr
    assert read_report(clone)["failed_act"] == "build"
