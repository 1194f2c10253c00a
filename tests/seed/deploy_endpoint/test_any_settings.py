"""Any valid settings pass every check, and give templates that lint; others get one sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy_endpoint.errors import DeployError
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.stage_settings import STAGES_FILE, load_stages
from deploy_endpoint.stack.endpoint_stack import EndpointStack
from deploy_endpoint.stack.stage_app import build_app

from .any_settings import Values, spoiled_settings, spoiled_text, valid_settings
from .conftest import run_command

FILES = {"stages": "config/stages.yml", "prices": "config/prices.yml"}
TOO_SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def examples(count: int) -> Any:
    """So many examples, the same ones each time."""
    return settings(max_examples=count, derandomize=True, suppress_health_check=TOO_SLOW)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository without settings, in which the commands run."""
    (tmp_path / "config").mkdir()
    monkeypatch.chdir(tmp_path)
    for key in ("STAGE", "MODEL_PACKAGE_ARN"):
        monkeypatch.delenv(key, raising=False)
    return tmp_path


def write(folder: Path, values: Values) -> None:
    lines = (f"{key}={value}\n" for key, value in values["project"].items())
    (folder / "project.env").write_text("".join(lines), encoding="utf-8")
    for name, path in FILES.items():
        text = yaml.safe_dump(values[name], sort_keys=False, allow_unicode=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")


def refusal(*files: str) -> str:
    """What the check says of wrong settings; empty if it says nothing."""
    try:
        run_command("check")
    except SystemExit as stop:
        said = str(stop.code)
    else:
        return ""
    assert said.startswith("error: ")
    assert any(file in said for file in files), said
    assert said.endswith(".")
    assert said.isprintable(), said
    return said


def synthesized(folder: Path, outdir: Path) -> None:
    """Do with accepted settings what `check.yml` does after the check."""
    run_command("monthly_cost")
    project = load_project(folder / "project.env", {})
    group = f"{project.aws_account}:model-package/{project.model_package_group_name}"
    package = f"arn:aws:sagemaker:{project.aws_region}:{group}/1"
    for stage in load_stages(folder / STAGES_FILE, project).stages:
        environment = {"MODEL_PACKAGE_ARN": package, "STAGE": stage.name}
        build_app(EndpointStack, folder, environment, str(outdir)).synth()


def lint(templates: list[Path]) -> None:
    argv = [str(Path(sys.executable).with_name("cfn-lint")), "--regions", "eu-west-1", "--"]
    done = subprocess.run([*argv, *map(str, templates)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the templates of all examples go; they are linted together at the end."""
    outdir = tmp_path_factory.mktemp("templates")
    yield outdir
    found = sorted(outdir.glob("*/*.template.json"))
    assert found
    lint(found)


def next_folder(templates: Path) -> Path:
    return templates / str(len(list(templates.iterdir())))


def passes(folder: Path, templates: Path, values: Values) -> None:
    write(folder, values)
    assert refusal("") == ""
    synthesized(folder, next_folder(templates))


def passes_or_is_told(folder: Path, values: Values) -> None:
    write(folder, values)
    said = refusal(*FILES.values())
    try:
        synthesized(folder, folder / "out")
    except (DeployError, SystemExit):
        assert said  # nothing is refused later than by the check


def spoiled_file_passes_or_is_told(
    repository: Path, templates: Path, data: st.DataObject, name: str
) -> None:
    file = repository / name
    shipped = file.read_bytes()
    file.write_bytes(data.draw(spoiled_text(shipped.decode("utf-8"))))
    try:
        if not refusal(name):
            synthesized(repository, next_folder(templates))
    finally:
        file.write_bytes(shipped)


VALID = given(values=valid_settings())
SPOILED = given(values=spoiled_settings())
SPOILED_FILE = given(data=st.data(), name=st.sampled_from([*FILES.values(), "project.env"]))


@examples(20)
@VALID
def test_valid_settings_pass_every_check_and_lint(
    folder: Path, templates: Path, values: Values
) -> None:
    passes(folder, templates, values)


@examples(100)
@SPOILED
def test_spoiled_settings_pass_or_are_refused_in_one_sentence(folder: Path, values: Values) -> None:
    passes_or_is_told(folder, values)


@examples(60)
@SPOILED_FILE
def test_spoiled_files_pass_or_are_refused_in_one_sentence(
    repository: Path, templates: Path, data: st.DataObject, name: str
) -> None:
    spoiled_file_passes_or_is_told(repository, templates, data, name)


@pytest.mark.proof("settings")
@examples(600)
@VALID
def test_many_valid_settings(folder: Path, templates: Path, values: Values) -> None:
    passes(folder, templates, values)


@pytest.mark.proof("settings")
@examples(3000)
@SPOILED
def test_many_spoiled_settings(folder: Path, values: Values) -> None:
    passes_or_is_told(folder, values)


@pytest.mark.proof("settings")
@examples(1000)
@SPOILED_FILE
def test_many_spoiled_files(
    repository: Path, templates: Path, data: st.DataObject, name: str
) -> None:
    spoiled_file_passes_or_is_told(repository, templates, data, name)
