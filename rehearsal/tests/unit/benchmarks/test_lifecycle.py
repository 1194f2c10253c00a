"""A play is measured from outside, and a failed one ends in the rehearsal's own sentence."""

from pathlib import Path

import pytest

from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.benchmarks.lifecycle import play_lifecycle


def write_rehearsal(root: Path, code: str) -> None:
    """A package `rehearsal` that answers `python -m rehearsal --json` in a folder."""
    (root / "rehearsal").mkdir()
    (root / "rehearsal/__main__.py").write_text(code)


def test_a_play_gives_its_report_and_what_it_took(tmp_path: Path) -> None:
    write_rehearsal(
        tmp_path, "import json, sys, time; time.sleep(0.5); print(json.dumps(sys.argv[1:]))"
    )
    told: list[str] = []
    play = play_lifecycle(tmp_path, told.append, "--until", "launch")
    assert play.report == ["--json", "--until", "launch"]
    assert play.seconds >= 0.5
    assert play.memory.peak_mib > 1
    assert " s, peak memory " in told[-1]


def test_a_failed_play_ends_in_one_sentence(tmp_path: Path) -> None:
    write_rehearsal(
        tmp_path,
        "import sys; print('{}'); sys.exit('\\nAnother rehearsal is being played.\\n  | a log')",
    )
    with pytest.raises(RehearsalError, match=r"measured: Another rehearsal is being played\.$"):
        play_lifecycle(tmp_path, lambda _what: None)
