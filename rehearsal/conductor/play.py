"""Plays the acts in order, measures them and writes the report.

Stages: create the world; play each act up to `--until`; keep or stop the servers; write
`.rehearsal/report.json` in every case, failure and interruption included.
"""

import contextlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests
from botocore.exceptions import BotoCoreError, ClientError
from github import GithubException

from rehearsal.conductor.acts import Act, acts_of
from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.display import Display
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.world import World


@dataclass
class ActTime:
    """When an act began, in seconds since 1970, and how long it took."""

    name: str
    seconds: float
    began: float


@dataclass
class Report:
    """The machine-readable account of one play."""

    outcome: str = "failed"
    failed_act: str | None = None
    error: str | None = None
    acts: list[ActTime] = field(default_factory=list)
    seconds: float = 0.0
    memory_mib: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)

    def write(self, file: Path) -> None:
        """Write the report as JSON."""
        file.write_text(json.dumps(asdict(self), indent=2, default=str), encoding="utf-8")


def play(
    world: World,
    options: Options,
    display: Display,
    report: Report,
    *,
    acts: Sequence[Act] | None = None,
) -> None:
    """Play the acts, those of the lifecycle if none are given; the report is filled as they go.

    Raises:
        RehearsalError: an act failed; `report.failed_act` names it.
    """
    acts = acts or acts_of(options)
    current = Play(world, options, display.say, name_step=display.name_step)
    began = time.monotonic()
    try:
        for number, act in enumerate(acts, 1):
            report.failed_act = act.name
            act_began, clock = time.monotonic(), round(time.time(), 2)
            with display.act(number, len(acts), act.title):
                _play_act(act, current)
            seconds = round(time.monotonic() - act_began, 2)
            report.acts.append(ActTime(act.name, seconds, clock))
        report.failed_act, report.outcome = None, "succeeded"
    finally:
        report.seconds = round(time.monotonic() - began, 2)
        report.memory_mib = round(_memory_mib(world), 1)
        report.facts = current.facts


def _play_act(act: Act, play: Play) -> None:
    """Play an act; what a service refuses unexpectedly becomes one sentence."""
    try:
        act.perform(play)
    except (ClientError, BotoCoreError) as error:
        raise RehearsalError(
            f"The local AWS refused: {error}", log=play.world.logs / "aws.log"
        ) from error
    except (GithubException, requests.RequestException) as error:
        raise RehearsalError(
            f"The local GitHub refused: {error}", log=play.world.logs / "github.log"
        ) from error


def _memory_mib(world: World) -> float:
    """Memory of the servers and their families, in MiB, as the system counts it now."""
    total = psutil.Process().memory_info().rss
    for server in world.record.servers:
        process = server.find()
        with contextlib.suppress(psutil.NoSuchProcess):
            for member in (process, *process.children(recursive=True)) if process else ():
                total += member.memory_info().rss
    return total / 2**20
