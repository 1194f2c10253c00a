"""The release workflow as it stands, played by the local runner with a local advisory service."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from proof.digest import digest_of, list_files
from proof.parts import PARTS
from proof.results import Outcome, write_result
from rehearsal.conductor.environment import installer_settings
from rehearsal.tests.github.served_github import FULL, ROOT, ServedGitHub, git
from tests.advisory_services import AdvisoryServices

pytestmark = [pytest.mark.proof("release"), pytest.mark.timeout(900)]
TAG = "v0.1.0"
LEFT_OUT = ("rehearsal/tests", "tests/rehearsed", "tests/seed", "tests/docs", "tests/synth")
# Of the tests' own environments, whose locks are audited too.
LOCK = "rehearsal/tests/containers/toolkits/requirements"
# The workflow is on trial here, not the template: what its synthesis tests need must be installed.
SYNTHESIS = """
from importlib.metadata import version
from pathlib import Path

def test_what_synthesis_tests_need_is_installed():
    assert version("aws-cdk-lib") and version("cdk-nag") and version("cfn-lint")
    assert Path(".images/checkov/bin/checkov").is_file()
"""
GH = """#!/bin/sh
printf '%s\\n' "$@" > "$RECORD/words"
test -n "$GH_TOKEN" && cp sbom/SHA256SUMS notes.md recording.html "$RECORD" &&
  cp -r sbom "$RECORD/files"
"""
# Nor is it the rehearsal that is on trial: a play within a play proves nothing more.
MAKEFILE = "rehearse:\n\t@cp LICENSE recording.html\n"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Where the stand-in of GitHub's command line writes what it was told."""
    folder = tmp_path / "record"
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "gh"
    program.write_text(GH, encoding="utf-8")
    program.chmod(0o755)
    return folder


@pytest.fixture
def services() -> Iterator[AdvisoryServices]:
    with AdvisoryServices().running() as server:
        yield server


@pytest.fixture
def github(
    services: AdvisoryServices, record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServedGitHub]:
    """One whose runner reaches packages, the advisory services and the stand-in."""
    monkeypatch.setenv("PATH", f"{record / 'bin'}:{os.environ['PATH']}")
    environment = {**installer_settings(os.environ), **services.environment}
    server = ServedGitHub(tmp_path / "github")
    server.start({**environment, "RECORD": str(record), "UV_PYTHON_DOWNLOADS": "never"})
    yield server
    server.end()


def _project(folder: Path) -> Path:
    """This project with a released version, and without the slow tests."""
    for name in list_files(ROOT):
        if name.startswith(LOCK) or not name.startswith(LEFT_OUT):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / "Makefile").write_text(MAKEFILE, encoding="utf-8")
    changelog = folder / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    changelog.write_text(text.replace("## [Unreleased]", f"## [{TAG[1:]}] - 2026-12-01", 1))
    (folder / "tests" / "synth").mkdir(parents=True)
    (folder / "tests" / "synth" / "test_installed.py").write_text(SYNTHESIS, encoding="utf-8")
    _prove(folder)
    return folder


def _prove(folder: Path) -> None:
    """Write down that every part of the proof was played with these files."""
    git("init", "--quiet", "--initial-branch=main", cwd=folder)
    counts = {"passed": 1, "failed": 0, "skipped": 0, "seconds": 1.0, "cores": 2}
    outcome = Outcome(digest=digest_of(folder), date="2026-12-01", **counts)
    for part in PARTS:
        write_result(folder, part, outcome)


def _push(github: ServedGitHub, folder: Path, tag: str) -> None:
    github.create("template", auto_init=False)
    word = base64.b64encode(f"octo:{FULL}".encode()).decode()
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "The project", cwd=folder)
    git("tag", tag, cwd=folder)
    # The tag alone: the registration workflow waits for main.
    header = f"http.extraHeader=Authorization: Basic {word}"
    url = f"{github.url}/octo/template.git"
    git("-c", header, "push", "--quiet", url, tag, cwd=folder)


def test_a_tag_is_checked_audited_described_and_published(
    github: ServedGitHub, services: AdvisoryServices, record: Path, tmp_path: Path
) -> None:
    _push(github, _project(tmp_path / "project"), TAG)
    run = github.run("template", seconds=400)
    assert run["conclusion"] == "success", (github.problems(), github.logs("template"))
    conclusions = {name: job["conclusion"] for name, job in github.jobs("template", run).items()}
    assert set(conclusions.values()) == {"success"}
    assert len(conclusions) == 4
    assert len(services.asked) > 300
    words = (record / "words").read_text().splitlines()
    bills = sorted(f"sbom/{file.name}" for file in (record / "files").glob("*.cdx.json"))
    options = ["--verify-tag", "--title", TAG, "--notes-file", "notes.md"]
    assert words == [
        "release",
        "create",
        TAG,
        *options,
        *bills,
        "sbom/SHA256SUMS",
        "recording.html",
    ]
    assert len(bills) == 4
    assert (record / "recording.html").read_bytes() == (ROOT / "LICENSE").read_bytes()
    for line in (record / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        content = (record / "files" / name).read_bytes()
        assert digest == hashlib.sha256(content).hexdigest()
        assert json.loads(content)["metadata"]["component"]["version"] == TAG[1:]
        assert json.loads(content)["metadata"]["timestamp"]
    assert (record / "notes.md").read_text().startswith("### Added\n")


def test_a_tag_of_another_version_and_a_known_weakness_publish_nothing(
    github: ServedGitHub, services: AdvisoryServices, record: Path, tmp_path: Path
) -> None:
    services.weak = {"pydantic"}
    _push(github, _project(tmp_path / "project"), "v9.9.9")
    run = github.run("template", seconds=200)
    jobs = github.jobs("template", run)
    conclusions = sorted(job["conclusion"] for job in jobs.values())
    assert conclusions == ["failure", "failure", "skipped", "success"]
    log = github.logs("template")
    assert "error: The tag is v9.9.9, but pyproject.toml has version 0.1.0" in log
    assert re.search(r"error: pydantic \S+: PYSEC-2026-1, fixed in 999; pinned in", log)
    assert not (record / "words").exists()


def test_files_that_are_not_proven_are_not_published(
    github: ServedGitHub, record: Path, tmp_path: Path
) -> None:
    project = _project(tmp_path / "project")
    with (project / "README.md").open("a", encoding="utf-8") as readme:
        readme.write("Changed after the proof.\n")
    _push(github, project, TAG)
    jobs = github.jobs("template", github.run("template", seconds=200))
    conclusions = {name: job["conclusion"] for name, job in jobs.items()}
    assert sorted(conclusions.values()) == ["failure", "skipped", "success", "success"]
    log = github.logs("template")
    assert "error: The part matrices of the proof was played on 2026-12-01 with other files." in log
    assert "error: Run `make proof` and commit proof/results.json." in log
    assert not (record / "words").exists()
