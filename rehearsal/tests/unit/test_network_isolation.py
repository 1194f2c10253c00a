"""How a container is kept from networks, by what the machine allows."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path

import pytest

from rehearsal.aws.sagemaker.network_isolation import resolved, without_network


def _write_program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_what_the_machine_allows_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only bwrap makes a namespace, as on systems that trust no other program with it."""
    _write_program(tmp_path, "unshare", "exit 1")
    _write_program(tmp_path, "bwrap", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    program, *options = without_network.__wrapped__()
    assert program == str(tmp_path / "bwrap")
    assert "--unshare-net" in options


def test_where_nothing_is_allowed_the_network_stays_and_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _write_program(tmp_path, "unshare", "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with caplog.at_level(logging.WARNING):
        assert without_network.__wrapped__() == ()
    (record,) = caplog.records
    assert "No network namespace can be made here" in record.message


def test_exit_codes_pass_through() -> None:
    command = [*without_network(), "sh", "-c", "exit 3"]
    assert subprocess.run(command, check=False).returncode == 3


def test_a_program_is_looked_for_where_the_container_looks(tmp_path: Path) -> None:
    _write_program(tmp_path / "bin", "train", "")
    place = str(tmp_path / "bin/train")
    variables = {"PATH": str(tmp_path / "bin")}
    for name in ("train", "bin/train", place):
        assert resolved([name, "--depth", "3"], tmp_path, variables)[0] == place
    with pytest.raises(FileNotFoundError, match="No such file"):
        resolved(["serve"], tmp_path, variables)
