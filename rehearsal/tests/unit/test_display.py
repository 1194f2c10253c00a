"""What people see of a play: every line fits, and the step that runs is named once."""

import io

import pytest
from rich.console import Console

from rehearsal.conductor.display import Display

_URL = "http://127.0.0.1:43211/data-scientist/abalone-rings-build/actions/runs/1234567"
_SAID = f"the approval started the deploy workflow ({_URL}) for the first one of the stages"


class Shown:
    """A display, what it has written, and its clock."""

    def __init__(self, *, width: int, terminal: bool) -> None:
        self._file = io.StringIO()
        self.now = 5.0
        console = Console(
            file=self._file,
            width=width,
            force_terminal=terminal,
            color_system=None,
            highlight=False,
            force_interactive=terminal,
        )
        self.display = Display(console=console, clock=lambda: self.now)

    @property
    def text(self) -> str:
        return self._file.getvalue()


@pytest.mark.parametrize("width", [40, 41, 60, 79, 80, 81, 100, 120])
def test_what_is_said_fits_the_terminal(width: int) -> None:
    shown = Shown(width=width, terminal=True)
    shown.display.say(_SAID)
    lines = shown.text.splitlines()
    assert all(len(line) <= width or line.strip() == f"({_URL})" for line in lines)
    assert _URL in shown.text


@pytest.mark.parametrize("width", [40, 120, 300])
def test_without_a_terminal_lines_have_80_columns(width: int) -> None:
    shown = Shown(width=width, terminal=False)
    with shown.display.act(1, 7, "Build: " + "the pipeline trains a model " * 5):
        shown.display.say(_SAID)
        shown.display.name_step("job Start the pipeline, step Install the commands " * 3)
        shown.now += 3
    lines = shown.text.splitlines()
    assert max(len(line) for line in lines if _URL not in line) > 60
    assert all(len(line) <= 80 or line.strip() == f"({_URL})" for line in lines)
    assert lines[-1] == "      done in 3.0 s"


def test_without_a_terminal_a_step_is_one_line_for_each_change() -> None:
    shown = Shown(width=80, terminal=False)
    with shown.display.act(1, 1, "Build"):
        for step in ("", "job A", "job A", "job A", "", "job B", "job B", "job A"):
            shown.display.name_step(step)
    steps = [line.strip() for line in shown.text.splitlines() if "now" in line]
    assert steps == ["now job A", "now job B", "now job A"]


def test_a_terminal_draws_title_time_and_step_anew_and_keeps_the_end() -> None:
    shown = Shown(width=40, terminal=True)
    with shown.display.act(4, 7, "Build: the pipeline trains and registers a model"):
        shown.now += 12
        shown.display.name_step("job Start the pipeline, step Install the commands")
    assert "job Start the pipeline, step" in shown.text
    assert "12 s" in shown.text
    assert "now job" not in shown.text
    assert shown.text.rstrip().endswith("registers a model  12.0 s")


def test_a_silent_display_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    display = Display(silent=True)
    with display.act(1, 1, "Build"):
        display.say("said")
        display.name_step("job A")
    assert capsys.readouterr().out == ""
