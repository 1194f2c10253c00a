"""What the pages show of a run: its jobs and steps, and the log of each job."""

import re
from dataclasses import dataclass
from typing import Any

from rehearsal.github.actions.run_records import log_path
from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Job, Repository, Run

_MOST_LINES = 10_000
# Colours, and whatever else a program sends to a terminal, a browser cannot show.
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")
_LINE = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z) ?(?:##\[(?P<mark>\w+)\])?(?P<text>.*)")
_MARKS = frozenset({"error", "warning", "notice", "group"})


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log; `mark` is what it stands out as, if it does."""

    time: str
    mark: str
    text: str


def show_run(github: LocalGitHub, repository: Repository, path: dict[str, Any]) -> dict[str, Any]:
    """A run, its jobs and their steps."""
    run = _find_run(github, repository, path["run"])
    jobs = github.store.select(Job, run_id=run.id, attempt=run.attempt)
    return {"run": run, "jobs": jobs}


def show_job(github: LocalGitHub, repository: Repository, path: dict[str, Any]) -> dict[str, Any]:
    """A job and the end of its log, up to now."""
    run = _find_run(github, repository, path["run"])
    job = github.store.get(Job, path["job"])
    if job is None or job.run_id != run.id:
        raise NotFoundError
    file = log_path(github, job.id)
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n") if file.exists() else []
    left_out = max(0, len(lines) - _MOST_LINES)
    shown = [_read_line(line) for line in lines[left_out:] if not line.endswith("##[endgroup]")]
    return {"run": run, "job": job, "left_out": left_out, "lines": shown}


def _find_run(github: LocalGitHub, repository: Repository, number: int) -> Run:
    run = github.store.get(Run, number)
    if run is None or run.repository_id != repository.id:
        raise NotFoundError
    return run


def _read_line(line: str) -> LogLine:
    clean = _TERMINAL.sub("", line)
    found = _LINE.fullmatch(clean)
    if found is None:
        return LogLine("", "", clean)
    mark = found["mark"] or ""
    return LogLine(found["time"], mark if mark in _MARKS else "", found["text"])
