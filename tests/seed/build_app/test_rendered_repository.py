"""What a data scientist receives is complete, clean and passes its own tests."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .conftest import CONFIGURATION, Run

PLACEHOLDER = re.compile(r"\{\{|<your[-_ ]|CHANGE_?ME|PLACEHOLDER|TODO|FIXME|lorem")
ACTIONS = {
    "actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8",
    "astral-sh/setup-uv@20cfd1bf945f4377ade1205e4dbc17946fc9a30d",
    "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c",
}


def workflow(repository: Path) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load(
        (repository / ".github/workflows/build.yml").read_text()
    )
    return loaded


def text_files(repository: Path) -> list[Path]:
    return [
        path
        for path in repository.rglob("*")
        if path.is_file()
        and not any(part.startswith(".venv") or part == "__pycache__" for part in path.parts)
        and ".egg-info" not in str(path)
    ]


def test_its_tests_and_local_training_pass_without_sdk_and_without_aws(
    run_in: Run, test_bin: Path
) -> None:
    done = run_in(str(test_bin / "python"), "-m", "pytest", "-q", "tests/unit", "tests/training")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout


def test_its_definition_tests_pass_with_the_sdk(run_in: Run, sdk_bin: Path) -> None:
    done = run_in(str(sdk_bin / "python"), "-m", "pytest", "-q", "tests/definition")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout


def test_the_definition_command_prints_json_for_this_project(run_in: Run, sdk_bin: Path) -> None:
    done = run_in(str(sdk_bin / "get-pipeline-definition"))
    assert done.returncode == 0, done.stderr
    definition = json.loads(done.stdout)
    assert [parameter["Name"] for parameter in definition["Parameters"]] == [
        "InputDataUrl",
        "ProcessingInstanceType",
        "TrainingInstanceType",
        "ModelApprovalStatus",
        "MetricThreshold",
        "CommitId",
        "LiveModelPackageArn",
        "LiveModelUrl",
    ]
    assert CONFIGURATION["KMS_KEY_ARN"] in done.stdout


def test_the_run_command_explains_itself(run_in: Run, sdk_bin: Path) -> None:
    done = run_in(str(sdk_bin / "run-pipeline"), "--help")
    assert done.returncode == 0
    for option in ("--module-name", "--role-arn", "--tags", "--kwargs", "--wait", "examples:"):
        assert option in done.stdout


@pytest.mark.parametrize(
    "argv",
    [["zizmor", "--offline", "--persona", "auditor"], ["actionlint"]],
    ids=lambda argv: argv[0],
)
def test_its_workflow_is_clean(repository: Path, argv: list[str]) -> None:
    program = str(Path(sys.executable).with_name(argv[0]))
    path = repository / ".github/workflows/build.yml"
    done = subprocess.run([program, *argv[1:], str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_workflow_uses_only_the_pinned_actions(repository: Path) -> None:
    text = (repository / ".github/workflows/build.yml").read_text()
    used = re.findall(r"uses: (\S+)( # v\d+\.\d+\.\d+)?", text)
    assert {action for action, _ in used} == ACTIONS
    assert all(comment for _, comment in used)


def test_a_pull_request_gets_no_credentials(repository: Path) -> None:
    jobs = workflow(repository)["jobs"]
    assert isinstance(jobs, dict)
    for name, job in jobs.items():
        with_token = job["permissions"].get("id-token") == "write"
        assert with_token == (name == "build")
    assert "github.event_name != 'pull_request'" in jobs["build"]["if"]


def test_no_placeholder_is_left(repository: Path) -> None:
    found = {
        str(path.relative_to(repository)): match.group()
        for path in text_files(repository)
        if not path.name.startswith("requirements") and path.suffix != ".yml"
        for match in [PLACEHOLDER.search(path.read_text(encoding="utf-8"))]
        if match
    }
    assert found == {}


def test_locks_are_hashed_and_name_no_registry(repository: Path) -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (repository / name).read_text()
        pinned = re.findall(r"^[a-z0-9][^\s=]*==\S+", text, re.MULTILINE)
        assert len(pinned) > 10
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert all("--hash=sha256:" in block for block in blocks)
        assert not re.search(r"https?://|--index|--find-links|file:", text)


def test_the_notebook_is_valid_and_carries_no_output(repository: Path) -> None:
    (path,) = (repository / "notebooks").glob("*.ipynb")
    notebook = json.loads(path.read_text())
    assert notebook["nbformat"] == 4
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code
    for cell in code:
        ast.parse("".join(cell["source"]))
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
    identifiers = [cell["id"] for cell in notebook["cells"]]
    assert len(set(identifiers)) == len(identifiers)


def test_every_path_of_its_readme_exists(repository: Path) -> None:
    tree = (repository / "README.md").read_text().partition("```\n.\n")[2].partition("```")[0]
    names = re.findall(r"── (\S+)", tree)
    assert len(names) == 9
    assert all((repository / name).exists() for name in names)
