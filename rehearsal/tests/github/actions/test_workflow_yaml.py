"""Workflow files are read alike with libyaml and without, and each reader has his own copy."""

from pathlib import Path

import pytest
import yaml

from rehearsal.github.actions import workflow_yaml
from rehearsal.github.actions.workflow_yaml import WorkflowError, read_yaml

ROOT = Path(__file__).resolve().parents[4]
WORKFLOWS = sorted(
    file for part in (".github", "seed_code") for file in (ROOT / part).rglob("*.yml")
)
SCALARS = b"{on: on, off: Off, a: 012, b: 0x1f, c: 1e3, d: 1.5, e: ~, f: , g: yes, h: 2026-01-02}"


def _with_each_loader(content: bytes, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    read: list[object] = []
    for loader in (workflow_yaml._Loader, workflow_yaml._FastLoader):
        monkeypatch.setattr(workflow_yaml, "_FastLoader", loader)
        workflow_yaml._parse.cache_clear()
        try:
            read.append(read_yaml("x.yml", content))
        except WorkflowError as error:
            read.append(str(error))
    return read


def test_libyaml_reads() -> None:
    assert yaml.__with_libyaml__
    assert issubclass(workflow_yaml._FastLoader, yaml.CSafeLoader)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_both_loaders_read_our_files_alike(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, fast = _with_each_loader(file.read_bytes(), monkeypatch)
    assert isinstance(slow, dict)
    assert slow == fast


@pytest.mark.parametrize(
    "content",
    [SCALARS, b"a:\n  b: 1\n  b: 2\n", b"jobs: {\n", b"a: [1\nb: 2\n", b"\tb: 1", b"\xff", b""],
)
def test_both_loaders_say_the_same(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, fast = _with_each_loader(content, monkeypatch)
    assert slow == fast


def test_a_doubled_key_is_refused_with_its_line() -> None:
    for _ in range(2):
        with pytest.raises(WorkflowError, match=r"`b` is defined twice .* at line 2\."):
            read_yaml("x.yml", b"a:\n  b: 1\n  b: 2\n")


def test_the_file_that_is_not_yaml_is_named_though_another_had_its_content() -> None:
    for path in ("one.yml", "two.yml"):
        with pytest.raises(WorkflowError, match=f"^{path} is not valid YAML"):
            read_yaml(path, b"jobs: {\n")


def test_what_a_reader_changes_is_his_own() -> None:
    first = read_yaml("x.yml", b"jobs: {build: {steps: []}}")
    assert isinstance(first, dict)
    first["jobs"]["build"]["steps"].append("changed")
    assert read_yaml("x.yml", b"jobs: {build: {steps: []}}") == {"jobs": {"build": {"steps": []}}}
