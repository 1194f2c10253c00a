"""Turns act's events into the job's log and its steps, as GitHub shows them."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from rehearsal.github.actions.job_files import OWN_STEPS
from rehearsal.github.actions.masking import Masking
from rehearsal.github.actions.workflow import JobPlan
from rehearsal.github.core.resources import Step

_ANNOTATIONS = {"debug", "notice", "warning", "error"}
_EXIT = re.compile(r"(?:exit status|exitcode) (\d+)")
_SET_UP, _COMPLETE = "Set up job", "Complete job"
# What act says of the running step when the job is cancelled.
_GIVEN_UP = "Result condition keepStepRunning=false"


class JobLog:
    """Writes one job's log while it runs, secrets hidden, and follows its steps."""

    def __init__(
        self, path: Path, plan: JobPlan, masking: Masking, clock: Callable[[], datetime]
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = path.open("a", encoding="utf-8")
        self._masking = masking
        self._clock = clock
        # act counts the steps without an id, from our own first one on.
        self._names = {
            str(step.get("id", number)): _step_name(step)
            for number, step in enumerate(plan.steps, 1)
        }
        self.job_key = plan.key
        self.steps: list[Step] = []
        self.result: str | None = None
        self.gave_step_up = asyncio.Event()
        self._given_up: str | None = None

    def write(self, text: str) -> None:
        """Add lines, each with its time."""
        stamp = self._clock().strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
        for line in self._masking.hide(text).rstrip("\n").split("\n"):
            self._file.write(f"{stamp} {line}\n")
        self._file.flush()

    def close(self) -> None:
        """End the log; a step that still runs is marked cancelled."""
        now = self._now()
        self.steps = [
            step
            if step.status == "completed"
            else replace(step, status="completed", conclusion="cancelled", completed_at=now)
            for step in self.steps
        ]
        self._file.close()

    def event(self, line: str) -> bool:
        """Take one line of act's output; True if a step began or ended."""
        try:
            event = json.loads(line)
        except ValueError:
            event = {"msg": line, "level": "error"}
        if event.get("jobID") not in (None, self.job_key):
            return False
        if "jobResult" in event:
            self.result = event["jobResult"] if self.result in (None, "success") else self.result
            return False
        ids = event.get("stepID") or event.get("stepid") or []
        if ids and ids[0] in OWN_STEPS:
            return False
        return self._of_step(event, ids) if ids else self._of_job(event)

    def _of_job(self, event: dict[str, Any]) -> bool:
        if event.get("level") == "error":
            self.write(f"##[error]{event.get('msg', '')}")
        return False

    def _of_step(self, event: dict[str, Any], ids: list[str]) -> bool:
        message = str(event.get("msg", ""))
        if event.get("raw_output"):
            self.write(message)
        elif "command" in event:
            self._command(event)
        elif event.get("level") == "error" or event.get("level") == "warning":
            self._complaint(message, str(event["level"]))
        elif len(ids) == 1:
            return self._progress(event, ids[0])
        return False

    def _command(self, event: dict[str, Any]) -> None:
        command, argument = str(event["command"]), str(event.get("arg", ""))
        if command == "add-mask":
            self._masking.add(argument)
        elif command in _ANNOTATIONS or command in {"group", "endgroup"}:
            self.write(f"##[{command}]{argument}")

    def _complaint(self, message: str, level: str) -> None:
        code = _EXIT.search(message)
        text = f"Process completed with exit code {code.group(1)}." if code else message
        self.write(f"##[{level}]{text}")

    def _progress(self, event: dict[str, Any], step_id: str) -> bool:
        stage = str(event.get("stage", ""))
        name = self._title(stage, step_id)
        if event.get("msg") == _GIVEN_UP:
            self._given_up = name
            self.gave_step_up.set()
            return False
        if "stepResult" in event:
            is_cancelled = name == self._given_up and event["stepResult"] == "failure"
            self._end(name, "cancelled" if is_cancelled else str(event["stepResult"]))
            return True
        if str(event.get("msg", "")).startswith("⭐"):
            self._begin(name)
            return True
        return False

    def _title(self, stage: str, step_id: str) -> str:
        if step_id.startswith("--"):
            return _SET_UP if "setup" in step_id else _COMPLETE
        name = self._names.get(step_id, step_id)
        return name if stage in {"", "Main"} else f"{stage} {name}"

    def _begin(self, name: str) -> None:
        self.write(f"##[group]{name}\n##[endgroup]")
        number = len(self.steps) + 1
        name = self._masking.hide(name)
        self.steps.append(Step(number, name, "in_progress", None, self._now(), None))

    def _end(self, name: str, result: str) -> None:
        name = self._masking.hide(name)
        now = self._now()
        for place in range(len(self.steps) - 1, -1, -1):
            step = self.steps[place]
            if step.name == name and step.status != "completed":
                ended = replace(step, status="completed", conclusion=result, completed_at=now)
                self.steps[place] = ended
                return
        self.steps.append(Step(len(self.steps) + 1, name, "completed", result, now, now))

    def _now(self) -> str:
        return self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")


def _step_name(step: dict[str, Any]) -> str:
    if step.get("name"):
        return str(step["name"])
    return f"Run {str(step.get('uses') or step.get('run')).strip().splitlines()[0]}"
