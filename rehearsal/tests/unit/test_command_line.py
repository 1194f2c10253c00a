"""What people read when a play fails: lines that fit, and the end of the log."""

import signal
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rehearsal.conductor.command_line import run_command_line
from rehearsal.conductor.errors import RehearsalError

_REMEDY = '`make rehearse ARGS="logs github --lines 100 and more of the same"`'


@pytest.fixture(autouse=True)
def _same_signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def _shown(error: BaseException, capsys: pytest.CaptureFixture[str]) -> list[str]:
    def fail() -> None:
        raise error

    with pytest.raises(SystemExit):
        run_command_line(click.Command("play", callback=fail, params=[]), interrupted="all ended")
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("columns", range(40, 121, 8))
def test_a_failure_and_its_log_fit_the_terminal(
    columns: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("sys.argv", ["play"])
    monkeypatch.chdir(tmp_path)
    log = tmp_path / "github.log"
    log.write_text(f"first\n    in: {'word ' * 40}\n", encoding="utf-8")
    sentence = f"The run 'Deploy' stood still for 300 s at job Build; see why with {_REMEDY}."
    lines = _shown(RehearsalError(sentence, log=log), capsys)
    assert all(len(line) <= columns or line == f"{_REMEDY}." for line in lines)
    assert " ".join(" ".join(lines).split()).startswith(sentence)
    assert "  | first" in lines
    assert any(line.startswith("  |     in: word") for line in lines)


def test_an_interruption_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["play"])
    assert list(filter(None, _shown(KeyboardInterrupt(), capsys))) == ["Interrupted; all ended."]
