"""The lines of a job's log, as far as they are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rehearsal.github.core.resources import Step

_MOST_LINES = 10_000
_MOST_BYTES = 2_000_000
# Colours, and whatever else a program sends to a terminal, a browser cannot show.
_TERMINAL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f]"
)
_LINE = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z) ?(?:##\[(?P<mark>\w+)\])?(?P<text>.*)")
_MARKS = frozenset({"error", "warning", "notice", "group"})


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log; `mark` is what it stands out as, `step` the number of what begins here."""

    time: str
    mark: str
    text: str
    step: int = 0


def read_log(path: Path, steps: Sequence[Step]) -> tuple[list[LogLine], bool]:
    """The end of a log that may still grow, and whether something before it is left out."""
    if not path.exists():
        return [], False
    with path.open("rb") as file:
        begin = max(0, file.seek(0, 2) - _MOST_BYTES)
        file.seek(begin)
        lines = file.read().decode("utf-8", "replace").split("\n")
    if begin:
        del lines[0]  # only its end was read
    if lines and not lines[-1]:
        lines.pop()
    shown = [_line(line) for line in lines[-_MOST_LINES:] if not line.endswith("##[endgroup]")]
    return _with_steps(shown, steps), bool(begin) or len(lines) > _MOST_LINES


def _line(line: str) -> LogLine:
    clean = _TERMINAL.sub("", line)
    found = _LINE.fullmatch(clean)
    if found is None:
        return LogLine("", "", clean)
    mark = found["mark"] or ""
    return LogLine(found["time"], mark if mark in _MARKS else "", found["text"])


def _with_steps(lines: list[LogLine], steps: Sequence[Step]) -> list[LogLine]:
    """Find where each step begins; a step may also open groups of its own."""
    waiting = list(steps)
    shown = []
    for line in lines:
        names = [step.name for step in waiting] if line.mark == "group" else []
        if line.text in names:
            place = names.index(line.text)
            shown.append(replace(line, step=waiting[place].number))
            del waiting[: place + 1]
        else:
            shown.append(line)
    return shown
