"""One job while it runs: its folder, its process, and what its end means."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.aws.sagemaker.access import Credentials
from rehearsal.aws.sagemaker.container_folder import ContainerFolder
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.images import Image
from rehearsal.aws.sagemaker.journal import last_lines
from rehearsal.aws.sagemaker.object_store import ObjectStore
from rehearsal.aws.service_kit.operations import Record

_POLL_SECONDS = 0.2
_LONGEST_REASON = 1024


class JobFailedError(Exception):
    """The job failed; the message is its FailureReason."""


class JobStoppedError(Exception):
    """The job was stopped, or ran out of time; `timed_out` tells which."""

    def __init__(self, timed_out: bool) -> None:
        super().__init__("The job was stopped.")
        self.timed_out = timed_out


@dataclass
class RunningJob:
    """Everything that a job needs while it runs."""

    context: AccountContext
    name: str
    record: Record
    image: Image
    folder: ContainerFolder
    log: Path
    objects: ObjectStore
    credentials: Credentials | None
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, argv: list[str], variables: dict[str, str]) -> None:
        """Run the container to its end.

        Raises:
            JobFailedError: it exited with an error.
            JobStoppedError: it was stopped or exceeded its MaxRuntimeInSeconds.
        """
        if self.stop.is_set():
            raise JobStoppedError(timed_out=False)
        command = [self.folder.to_local(argument) for argument in argv]
        if command[0] in ("python", "python3"):
            command[0] = str(self.image.python)
        environment = self.folder.environment(
            self.image, self.credentials, self.context.settings, variables
        )
        try:
            process = self.folder.start(
                command, environment, self.log, is_isolated=self.credentials is None
            )
        except OSError as error:
            raise JobFailedError(
                f"AlgorithmError: Cannot start {argv[0]}: {error.strerror}"
            ) from error
        try:
            self._wait(process)
        finally:
            self.folder.end(process)
        if process.returncode:
            raise JobFailedError(
                f"AlgorithmError: {self.message()}, exit code: {process.returncode}"
            )

    def message(self) -> str:
        """What the container says about its failure: its failure file, or its last line."""
        said = self.folder.path / "output" / "failure"
        if not said.exists():
            said = self.folder.path / "output" / "message"
        text = said.read_text(errors="replace") if said.exists() else ""
        text = text.strip() or "\n".join(last_lines(self.log, 1))
        return self.folder.to_container(text)[:_LONGEST_REASON]

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        limit = (self.record.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds", 86400)
        deadline = time.monotonic() + limit
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)
                return
            if self.stop.is_set() or time.monotonic() > deadline:
                raise JobStoppedError(timed_out=not self.stop.is_set())
