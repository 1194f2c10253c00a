"""A project with a test for each tier: which tier plays what, what it costs, what is kept."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests import tiers

pytestmark = pytest.mark.tier("test")
ROOT = Path(__file__).resolve().parents[3]
TESTS = {
    "tests/unit/test_fast.py": "def test_fast(): pass\n",
    "tests/docs/test_page.py": "def test_page(): pass\n",
    "tests/unit/test_dear.py": (
        "import pytest\n"
        "@pytest.mark.tier('test')\n"
        "def test_dear(): pass\n"
        "@pytest.mark.parametrize('n', [1, pytest.param(2, marks=pytest.mark.proof('matrices'))])\n"
        "def test_share(n): pass\n"
    ),
    "tests/rehearsed/functions/test_played.py": "def test_played(): pass\n",
    "tests/seed/test_seed.py": "def test_seed(): pass\n",
    "tests/rehearsal/test_storm.py": (
        "import pathlib, pytest\n"
        "pytestmark = pytest.mark.proof('storms')\n"
        "def test_storm(): assert not pathlib.Path('made/broken').exists()\n"
    ),
}
HELD = {
    "check": {"test_fast", "test_page", "test_played", "test_share[1]"},
    "test": {"test_dear", "test_seed"},
    "matrices": {"test_share[2]"},
    "storms": {"test_storm"},
}


@pytest.fixture
def tried(project: Path) -> Path:
    """The project with the tiers, the proof and those tests."""
    plugins = ("tests/tiers.py", "tests/cpu_seconds.py", "tests/browser/fixtures.py")
    for name in (*plugins, "conftest.py"):
        copy = project / name
        copy.parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(ROOT / name, copy)
    for file in (ROOT / "proof").glob("*.py"):
        shutil.copy(file, project / "proof")
    for name, text in TESTS.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    with (project / ".gitignore").open("a") as ignored:
        ignored.write("__pycache__/\n.pytest_cache/\n")
    return project


def _python(
    folder: Path, *words: str, alone: bool = True, **more: str
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    kept.pop("CI", None)
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**kept, "PYTEST_ADDOPTS": "-n0" if alone else "", **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("tier", HELD)
def test_a_tier_plays_its_own_tests_and_no_others(tried: Path, tier: str) -> None:
    done = _python(tried, "pytest", "--tier", tier, "--collect-only", "-q")
    assert set(re.findall(r"::(\S+)", done.stdout)) == HELD[tier], done.stdout


def test_an_unknown_part_is_refused_with_those_that_there_are(tried: Path) -> None:
    file = tried / "tests/rehearsal/test_storm.py"
    file.write_text(file.read_text().replace("storms", "gales"), encoding="utf-8")
    done = _python(tried, "pytest", "--collect-only")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "there is no proof 'gales'; name one of: matrices, " in done.stderr + done.stdout


@pytest.fixture
def dear(tried: Path) -> Path:
    """The same project; no part of its proof may cost anything, and each has a test that does."""
    parts = tried / "proof/parts.py"
    parts.write_text(re.sub(r", \d+\),", ", 0),", parts.read_text()), encoding="utf-8")
    test = (
        "def test_that_starts_a_program():\n"
        "    subprocess.run([sys.executable, '-c', 'sum(range(10_000_000))'])\n"
    )
    for name, mark in (
        ("tests/unit/test_dear.py", ""),
        ("tests/rehearsal/test_storm.py", "@pytest.mark.proof('storms')\n"),
    ):
        (tried / name).write_text(f"import pytest, subprocess, sys\n{mark}{test}", encoding="utf-8")
    return tried


@pytest.mark.parametrize(("environment", "status"), [({"CI": "true"}, 1), ({}, 0)])
def test_a_tier_over_its_budget_names_its_dearest_tests_and_fails_in_ci(
    dear: Path, environment: dict[str, str], status: int
) -> None:
    done = _python(dear, "pytest", "--tier", "check", alone=False, **environment)
    assert done.returncode == status
    assert "CPU-seconds: " in done.stdout
    assert re.search(
        r"The tier check cost \d+ CPU-seconds and may cost 0; .*: "
        r"tests/unit/test_dear.py::test_that_starts_a_program \(\d+\)",
        done.stdout,
    )


@pytest.mark.parametrize(("environment", "is_proven"), [({"CI": "true"}, False), ({}, True)])
def test_a_part_over_its_budget_is_not_proven_in_ci(
    dear: Path, environment: dict[str, str], is_proven: bool
) -> None:
    done = _python(dear, "proof", "--part", "storms", **environment)
    assert ("Everything asked for is proven" in done.stdout) is is_proven
    assert ("error: Not proven: storms" in done.stderr) is not is_proven
    shown = "holds: 1 passed" if is_proven else "was never played"
    assert f"storms       {shown}" in _python(dear, "proof", "status").stdout


def test_one_worker_plays_all_that_shares_a_world(tried: Path) -> None:
    folder, plays = "tests/rehearsed/attacks", "tests/rehearsed/lifecycle/test_stages.py"
    by_worker = "import os\ndef test_{}(): print('player', os.environ['PYTEST_XDIST_WORKER'])\n"
    for name in (f"{folder}/test_{letter}.py" for letter in "abcdefgh"):
        (tried / name).parent.mkdir(parents=True, exist_ok=True)
        (tried / name).write_text(by_worker.format("world"), encoding="utf-8")
    (tried / plays).parent.mkdir()
    (tried / plays).write_text(
        "import os, time\nimport pytest\n"
        "@pytest.mark.parametrize('n', range(4))\n"
        "def test_play(n):\n"
        "    time.sleep(0.3)\n"
        "    print('player', os.environ['PYTEST_XDIST_WORKER'])\n",
        encoding="utf-8",
    )
    done = _python(tried, "pytest", "--tier", "test", "-rP", alone=False)
    players: dict[str, set[str]] = {}
    for test, player in re.findall(r"_+ (test_\w+).* _+\n(?:.*\n)*?player (\w+)", done.stdout):
        players.setdefault(test, set()).add(player)
    assert len(players["test_world"]) == 1, done.stdout
    assert len(players["test_play"]) > 1, done.stdout


def test_every_path_of_the_groups_exists() -> None:
    named = (*tiers.CHECKED, *tiers.SHARED_WORLDS, *tiers.OWN_WORLDS, *tiers.SINGLE_PLAYS)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_proof_goes_on_where_it_was_left(tried: Path) -> None:
    (tried / "made").mkdir()
    (tried / "made/broken").touch()
    parts = ("--part", "check", "--part", "storms")
    done = _python(tried, "proof", *parts)
    assert done.returncode == 1
    assert "[1/2] check: " in done.stdout
    assert "error: Not proven: storms; what failed is named above." in done.stderr
    kept = json.loads((tried / "proof/results.json").read_text(encoding="utf-8"))
    assert {part: (one["passed"], one["failed"]) for part, one in kept.items()} == {
        "check": (4, 0),
        "storms": (0, 1),
    }
    assert sorted(kept["check"]["cpu_seconds"]) == [
        "tests/docs",
        "tests/rehearsed/functions",
        "tests/unit",
    ]
    (tried / "made/broken").unlink()
    again = _python(tried, "proof", *parts)
    assert again.returncode == 0, again.stdout + again.stderr
    assert re.findall(r"\[\d/\d\] \w+", again.stdout) == ["[1/1] storms"]
    assert "Everything asked for is proven" in again.stdout
    refused = _python(tried, "proof", "verify")
    assert refused.returncode == 1
    assert "error: The part release of the proof was never played." in refused.stderr
    assert "check        holds: 4 passed, 0 failed" in _python(tried, "proof", "status").stdout


def test_a_part_with_a_file_that_cannot_be_read_is_not_proven(tried: Path) -> None:
    (tried / "tests/rehearsal/test_broken.py").write_text("import nothing_of_that_name\n")
    done = _python(tried, "proof", "--part", "storms", alone=False)
    assert done.returncode == 1
    assert "error: Not proven: storms; what failed is named above." in done.stderr
    assert "storms       was never played" in _python(tried, "proof", "status").stdout


def test_what_ends_the_proof_ends_its_tests_and_their_servers(tried: Path) -> None:
    (tried / "made").mkdir()
    (tried / "tests/rehearsal/test_storm.py").write_text(
        "import os, pathlib, pytest, subprocess, time\n"
        "@pytest.mark.proof('storms')\n"
        "def test_storm():\n"
        "    server = subprocess.Popen(['sleep', '300'])\n"
        "    pathlib.Path('made/pids').write_text(f'{os.getpid()} {server.pid}')\n"
        "    time.sleep(300)\n",
        encoding="utf-8",
    )
    proof = subprocess.Popen([sys.executable, "-m", "proof", "--part", "storms"], cwd=tried)
    pids = tried / "made/pids"
    while not (pids.exists() and pids.read_text()):
        assert proof.poll() is None
        time.sleep(0.1)
    started = [psutil.Process(int(pid)) for pid in pids.read_text().split()]
    proof.terminate()
    assert proof.wait(timeout=60) == 128 + signal.SIGTERM
    _, alive = psutil.wait_procs(started, timeout=30)
    assert alive == []


def test_a_part_during_which_files_change_is_not_kept(tried: Path) -> None:
    (tried / "tests/rehearsal/test_storm.py").write_text(
        "import pathlib, pytest\n"
        "@pytest.mark.proof('storms')\n"
        "def test_storm(): pathlib.Path('README.md').write_text('changed')\n",
        encoding="utf-8",
    )
    done = _python(tried, "proof", "--part", "storms")
    assert done.returncode == 1
    assert "Files changed while the part storms was played" in done.stderr
    assert json.loads((tried / "proof/results.json").read_text(encoding="utf-8")) == {}
