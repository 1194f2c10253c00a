"""How the local GitHub's pages read the log of a job, which may still grow."""

from __future__ import annotations

from pathlib import Path

from rehearsal.github.core.resources import Step
from rehearsal.github.pages.log_lines import read_log

AT = "2026-11-23T12:00:00.0000000Z"


def step(number: int, name: str) -> Step:
    return Step(number, name, "completed", "success", None, None)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "log.txt"
    path.write_text("".join(f"{AT} {line}\n" for line in lines))
    return path


def test_there_is_no_line_before_there_is_a_log(tmp_path: Path) -> None:
    assert read_log(tmp_path / "none", ()) == ([], False)
    (tmp_path / "empty").touch()
    assert read_log(tmp_path / "empty", ()) == ([], False)


def test_what_a_terminal_would_obey_is_left_out(tmp_path: Path) -> None:
    obeyed = "\x1b[1;31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x01 \x1b[2Jend"
    lines, _ = read_log(written(tmp_path, obeyed, "##[error]\x1b[31mwrong"), ())
    assert [(line.text, line.mark) for line in lines] == [("red link end", ""), ("wrong", "error")]


def test_steps_are_found_in_their_order_and_not_in_groups_of_their_own(tmp_path: Path) -> None:
    marks = ("Set up", "Build", "Test", "not a step", "Build", "Build")
    log = written(tmp_path, *(f"##[group]{mark}\n{AT} ##[endgroup]" for mark in marks))
    steps = [step(n, name) for n, name in enumerate(("Set up", "Build", "Test", "Build"), 1)]
    lines, _ = read_log(log, steps)
    assert [line.step for line in lines] == [1, 2, 3, 0, 4, 0]


def test_of_a_very_long_log_the_end_is_read(tmp_path: Path) -> None:
    lines, is_cut = read_log(written(tmp_path, *(str(n) for n in range(20_000))), ())
    assert is_cut
    assert lines[-1].text == "19999"
    assert len(lines) == 10_000
    lines, is_cut = read_log(written(tmp_path, "é" * 3_000_000, "last"), ())
    assert is_cut
    assert [line.text for line in lines] == ["last"]
