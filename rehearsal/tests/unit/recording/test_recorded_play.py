"""What is said of a recording, and that one which would hold a secret is not written."""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from rehearsal.checkout import ROOT
from rehearsal.conductor.cli import cli
from rehearsal.conductor.recording import recorded_play
from rehearsal.conductor.recording.recorded_play import keep, recorded, secrets_of
from rehearsal.conductor.recording.recorder import Recorder
from rehearsal.conductor.recording.recording import Recording
from rehearsal.conductor.world import World
from rehearsal.tests.unit.recording.made_up import panel, recording
from rehearsal.tests.unit.recording.test_recorder import MadeUpConsole

_WHY = "The console showed nothing."
SECRET = "ghp_0123456789"


def _recorder(recording: Recording) -> Recorder:
    return Recorder(MadeUpConsole(), recording)


def test_the_file_is_written_and_told_of(tmp_path: Path) -> None:
    file = tmp_path / "play.html"
    said = keep(_recorder(recording()), file, [SECRET])
    assert said.startswith("Recorded 3 pages, which changed 21 times: ")
    assert said.endswith("play.html, 0.0 MB.")
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [one.name for one in tmp_path.iterdir()] == ["play.html"]


@pytest.mark.parametrize("secret", [SECRET, "made-up-session"])
def test_what_would_hold_a_secret_is_not_written(tmp_path: Path, secret: str) -> None:
    made = recording()
    made.pages["/"].note(19.0, "Projects", {"fleet": panel("fleet", f"<p>{secret}</p>")})
    said = keep(_recorder(made), tmp_path / "play.html", [secret, "", "0"])
    assert "was not written, since a page of the console shows a secret" in said
    assert secret not in said
    assert list(tmp_path.iterdir()) == []


def test_too_much_is_thinned_and_said_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, made = tmp_path / "play.html", recording()
    whole = keep(_recorder(made), file, [])
    size = file.stat().st_size
    monkeypatch.setattr(recorded_play, "MOST_BYTES", size - 1)
    assert keep(_recorder(made), file, []).endswith("a moment in 2 s so that it stays small.")
    assert file.stat().st_size < size
    file.unlink()
    monkeypatch.setattr(recorded_play, "MOST_BYTES", 1000)
    assert "was not written. The recording would take" in keep(_recorder(made), file, [])
    assert not file.exists()
    assert "so that" not in whole


def test_nothing_recorded_and_a_full_disk_are_sentences(tmp_path: Path) -> None:
    recorder = _recorder(Recording("0.1.0", ""))
    assert "Nothing was recorded into" in keep(recorder, tmp_path / "play.html", [])
    gone = tmp_path / "gone" / "play.html"
    told = keep(_recorder(recording()), gone, [])
    assert told.endswith("was not written: No such file or directory.")


def test_every_secret_of_a_world_is_known(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    world = World.create(tmp_path)
    record = asdict(world.record)
    told = {value for name, value in record.items() if name.endswith(("_secret", "_token"))}
    assert len(told) == 3
    assert {*told, *record["tokens"].values()} == set(secrets_of(world))


def test_without_a_file_nothing_is_recorded_or_said(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    said: list[str] = []
    with recorded(World.create(tmp_path), None, said.append) as begin_act:
        begin_act("Start")
    assert said == []


def test_a_play_that_fails_is_recorded_and_its_error_goes_on(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    said: list[str] = []
    file = tmp_path / "play.html"
    with pytest.raises(ZeroDivisionError), recorded(World.create(tmp_path), file, said.append):
        raise ZeroDivisionError
    assert said == [f"Nothing was recorded into {os.path.relpath(file)}. {_WHY}"]


@pytest.mark.parametrize("place", ["nowhere/play.html", "."])
def test_a_file_that_cannot_be_written_is_refused_before_the_play(
    tmp_path: Path, place: str
) -> None:
    done = CliRunner().invoke(cli, ["--record", str(tmp_path / place)])
    assert done.exit_code == 2
    assert "Invalid value for '--record'" in done.output
    assert "Traceback" not in done.output
