"""This project's own workflows: pinned, least rights, and only a tag publishes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from proof.digest import list_files

from .conftest import PYTHON, ROOT, run_in, shorten_locks

WORKFLOWS = (
    "audit.yml",
    "macos.yml",
    "proof.yml",
    "release.yml",
    "sm_template_register_service_catalog.yml",
)
FOLDER = ROOT / ".github" / "workflows"
ACTIONS = {
    "actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1",
    "actions/setup-node@249970729cb0ef3589644e2896645e5dc5ba9c38 # v6.5.0",
    "astral-sh/setup-uv@20cfd1bf945f4377ade1205e4dbc17946fc9a30d # v10.0.1",
    "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3",
}
TOOLS = Path(sys.executable).parent


def _load(name: str) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return loaded


def _scripts(name: str, job: str) -> list[str]:
    steps: list[dict[str, Any]] = _load(name)["jobs"][job]["steps"]
    return [step["run"] for step in steps if "run" in step]


def test_every_workflow_is_tested_here() -> None:
    assert sorted(file.name for file in FOLDER.iterdir()) == sorted(WORKFLOWS)


@pytest.mark.parametrize(
    "argv",
    [
        ("zizmor", "--offline", "--quiet", "--persona", "auditor"),
        ("actionlint",),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
    ],
    ids=lambda argv: argv[0],
)
def test_linters_find_nothing(argv: tuple[str, ...]) -> None:
    files = [FOLDER / name for name in WORKFLOWS]
    path = {"PATH": f"{TOOLS}:/usr/bin:/bin"}
    done = subprocess.run(
        [TOOLS / argv[0], *argv[1:], *files], env=path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", [".", "seed_code/build_app", "seed_code/deploy_app"])
def test_newer_versions_are_proposed_for_every_lock(folder: str) -> None:
    file = ROOT / folder / ".github" / "dependabot.yml"
    argv = [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.dependabot", file]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    updates = {
        update["package-ecosystem"]: update.get("directories") or [update["directory"]]
        for update in yaml.safe_load(file.read_text(encoding="utf-8"))["updates"]
    }
    files = [Path("/", name) for name in list_files(ROOT / folder)]
    for ecosystem, pattern in (("pip", "requirements*.in"), ("npm", "package-lock.json")):
        named = {str(file.parent) for file in files if file.match(pattern)}
        assert set(updates.get(ecosystem, [])) == named


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_the_known_ones_at_their_commits(name: str) -> None:
    used = re.findall(r"uses: (.+)", (FOLDER / name).read_text(encoding="utf-8"))
    assert used
    assert set(used) <= ACTIONS


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_expression_reaches_a_shell(name: str) -> None:
    for job in _load(name)["jobs"]:
        assert not [script for script in _scripts(name, job) if "${{" in script]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_only_publishing_may_write_and_only_registering_takes_a_role(name: str) -> None:
    workflow = _load(name)
    assert workflow["permissions"] == {}
    for key, job in workflow["jobs"].items():
        wanted = {"contents": "write"} if key == "publish" else {"contents": "read"}
        if key == "register":
            wanted["id-token"] = "write"
        assert job["permissions"] == wanted


def test_the_way_for_a_mac_is_labelled_untested_and_follows_the_readme() -> None:
    workflow = _load("macos.yml")
    (job,) = workflow["jobs"].values()
    assert "(untested)" in workflow["name"]
    assert "(untested)" in job["name"]
    assert job["runs-on"].startswith("macos-")
    assert _scripts("macos.yml", "macos")[0] == "scripts/install-prerequisites-brew.sh"


def test_a_release_is_published_by_a_pushed_tag_after_check_and_audit() -> None:
    # YAML 1.1 reads the key `on` as true.
    assert _load("release.yml")[True] == {"push": {"tags": ["v*"]}, "workflow_dispatch": None}
    publish = _load("release.yml")["jobs"]["publish"]
    assert sorted(publish["needs"]) == ["audit", "check", "record"]
    assert publish["if"] == "github.event_name == 'push' && github.ref_type == 'tag'"
    with_token = [step["name"] for step in publish["steps"] if "GH_TOKEN" in step.get("env", {})]
    assert with_token == ["Publish"]


def test_a_recording_passes_whole_from_the_play_to_the_release(tmp_path: Path) -> None:
    (record,) = [one for one in _scripts("release.yml", "record") if "rehearse" in one]
    (take,) = [one for one in _scripts("release.yml", "publish") if "RECORDING" in one]
    text = "".join(f"<p>{number} é</p>\n" for number in range(20_000))
    (tmp_path / "made-up.html").write_text(text, encoding="utf-8")
    (tmp_path / "Makefile").write_text("rehearse:\n\tcp made-up.html recording.html\n")
    output = tmp_path / "output"
    environment = {"PATH": os.environ["PATH"], "GITHUB_OUTPUT": str(output)}
    for script in (record, take):
        if output.exists():
            (tmp_path / "recording.html").unlink()
            environment["RECORDING"] = output.read_text().removeprefix("recording=").rstrip("\n")
        subprocess.run(
            ["bash", "-e", "-c", script.replace("$(uv python find '>=3.11')", "python3")],
            cwd=tmp_path,
            env=environment,
            check=True,
        )
    assert (tmp_path / "recording.html").read_text(encoding="utf-8") == text


@pytest.mark.proof("release")
@pytest.mark.parametrize("same", [True, False])
def test_bills_that_another_machine_made_differently_stop_the_release(
    project: Path, same: bool
) -> None:
    shorten_locks(project)
    (project / "CHANGELOG.md").write_text("## [0.1.0]\n\n- This.\n", encoding="utf-8")
    (project / ".images").mkdir()
    (project / ".images" / "release").symlink_to(PYTHON.parents[1])
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@localhost"]
    for words in (["init", "--quiet"], ["commit", "--quiet", "--allow-empty", "-m", "x"]):
        subprocess.run([*git, *words], cwd=project, check=True)
    first = run_in(project, "sbom", "--output", "first", SOURCE_DATE_EPOCH=_committed(project))
    assert first.returncode == 0, first.stderr
    sums = (project / "first" / "SHA256SUMS").read_text().rstrip("\n")
    checksums = sums if same else sums.replace("a", "b")
    (script,) = [one for one in _scripts("release.yml", "publish") if "diff" in one]
    environment = {"CHECKSUMS": checksums, "GITHUB_REF_NAME": "v0.1.0", "PATH": os.environ["PATH"]}
    done = subprocess.run(["bash", "-e", "-c", script], cwd=project, env=environment, check=False)
    assert (done.returncode == 0) == same
    assert (project / "notes.md").exists() == same


def _committed(project: Path) -> str:
    argv = ["git", "log", "-1", "--format=%ct"]
    return subprocess.run(argv, cwd=project, capture_output=True, text=True, check=True).stdout


def test_a_release_is_checked_as_a_pull_request_is() -> None:
    wanted = _scripts("sm_template_register_service_catalog.yml", "check")
    release = _scripts("release.yml", "check")
    assert wanted[-1] in release
    assert wanted[0] in release


def test_the_weekly_audit_is_the_releases_audit() -> None:
    assert "schedule" in _load("audit.yml")[True]
    assert _scripts("audit.yml", "audit") == _scripts("release.yml", "audit")


def test_the_proof_is_played_each_night_and_needed_by_a_release() -> None:
    assert "schedule" in _load("proof.yml")[True]
    assert any("make proof ARGS=--again " in script for script in _scripts("proof.yml", "prove"))
    assert "uv run --no-project python -m proof verify" in _scripts("release.yml", "check")
