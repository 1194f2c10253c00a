"""Plays the tests of mutants, each in a process of its own on a copy of the tree.

Several workers play side by side; each has a copy, and plays a change of nothing first, since a
copy in which tests fail anyway would notice every mutant.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Protocol

from mutation.coverage_map import CoverageMap
from mutation.mutant import Mutant, MutationError
from mutation.outcomes import Outcome
from mutation.playing import PLAY, TIME_LIMIT
from mutation.policy_fault import FAULT, NOTE
from mutation.tree import TreeCopy

# A test may take a few times what it took without a mutant; whichever is first also synthesizes,
# or makes the world that the others share, on a machine that may have much else to do.
_TIMES, _START_SECONDS, _START_ALL_SECONDS = 4, 60, 120
_PASSED, _FAILED, _INTERRUPTED = 0, 1, 2
_NOT_LOADED = 4  # what a conftest.py imports cannot be imported
_TRIED_FIRST = 5
NOTHING = "nothing"


class Player(Protocol):
    """Plays tests on one copy of the tree."""

    def play(self, mutant: Mutant | None, seconds: dict[str, float]) -> Outcome:
        """Play tests with their usual seconds, with a mutant in place or with none."""

    def stop(self) -> None:
        """End what is played just now; its outcome is lost."""


class Worker:
    """Plays with pytest."""

    def __init__(self, tree: TreeCopy) -> None:
        self.tree = tree
        self._child: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Kill the tests that are played just now, and their servers."""
        if self._child is not None:
            # They are in a session of their own, which a key at the terminal does not reach.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)

    def play(self, mutant: Mutant | None, seconds: dict[str, float]) -> Outcome:
        """Put a mutant in, play, and take it out again.

        Raises:
            MutationError: pytest could not play, or the mutant was in no template.
        """
        name = mutant.id if mutant else NOTHING
        began = time.monotonic()
        if not seconds:
            return Outcome(name, "", 0, 0.0, 0.0)
        try:
            if mutant:
                self.tree.put(mutant)
            noticed_by, cpu_seconds = self._run(name, seconds)
        finally:
            self.tree.restore()
        took = round(time.monotonic() - began, 2)
        return Outcome(name, noticed_by, len(seconds), took, cpu_seconds or took)

    def _run(self, name: str, seconds: dict[str, float]) -> tuple[str, float]:
        play, said = self.tree.folder / "play.json", self.tree.folder / "play.txt"
        answer = play.with_name("play.json.answer")
        answer.unlink(missing_ok=True)
        limits = {test: _START_SECONDS + _TIMES * usual for test, usual in seconds.items()}
        play.write_text(json.dumps({"limits": limits}), encoding="utf-8")
        most = _START_ALL_SECONDS + _TIMES * sum(seconds.values())
        files = sorted({test.partition("::")[0] for test in seconds})
        code = self._pytest(files, play, said, most)
        if code is None:
            return TIME_LIMIT, most
        if code == _NOT_LOADED and name != NOTHING:
            return "collection", 0.0
        if code not in (_PASSED, _FAILED, _INTERRUPTED) or not answer.exists():
            end = said.read_text(encoding="utf-8")[-2000:]
            raise MutationError(f"The tests of {name} were not played; pytest said: {end}")
        told = json.loads(answer.read_text(encoding="utf-8"))
        noticed_by = told["noticed"][0] if told["noticed"] else ""
        if self._is_missing() and not noticed_by.startswith(TIME_LIMIT):
            raise MutationError(
                f"{name} was in no template, but {noticed_by or 'nothing'} noticed it; collect the "
                "mutants again."
            )
        if code == _PASSED and told["played"] != len(seconds):
            raise MutationError(
                f"Of the {len(seconds)} tests of {name} some are gone; use --again."
            )
        return noticed_by or ("" if code == _PASSED else "collection"), told["cpu_seconds"]

    def _is_missing(self) -> bool:
        """Whether a fault of what is synthesized got into no template."""
        return (self.tree.folder / FAULT).exists() and not (self.tree.folder / NOTE).exists()

    def _pytest(self, files: list[str], play: Path, said: Path, most: float) -> int | None:
        """Its exit status; None if it took too long."""
        argv = ["-m", "pytest", "-x", "-n", "0", "-p", "mutation.playing", "--tb=short"]
        with said.open("w", encoding="utf-8") as output:
            self._child = child = subprocess.Popen(
                [sys.executable, *argv, "--hypothesis-seed=17", *files],
                cwd=self.tree.folder,
                env={**os.environ, PLAY: str(play)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                return child.wait(timeout=most)
            except subprocess.TimeoutExpired:
                return None
            finally:
                self.stop()
                child.wait()
                self._child = None


def play_all(
    mutants: Sequence[Mutant],
    tests: CoverageMap,
    players: Iterable[Player],
    keep: Callable[[Mutant, Outcome], None],
) -> None:
    """Play every mutant on whichever player is free, and keep each outcome at once.

    Raises:
        MutationError: tests fail without a mutant, or could not be played.
    """
    players = list(players)
    free: queue.SimpleQueue[Player] = queue.SimpleQueue()
    for player in players:
        free.put(player)

    def one(mutant: Mutant) -> Outcome:
        with _taken(free) as player:
            return player.play(mutant, _seconds(tests, tests.tests_of(mutant)))

    with ThreadPoolExecutor(len(players)) as pool:
        waiting = {pool.submit(one, mutant): mutant for mutant in mutants}
        try:
            for future in as_completed(waiting):
                keep(waiting[future], future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for player in players:
                player.stop()
            raise


def require_silence(player: Player, mutants: Sequence[Mutant], tests: CoverageMap) -> None:
    """Play some of the tests on a tree without a mutant.

    Raises:
        MutationError: one fails.
    """
    chosen = {name for mutant in mutants for name in tests.tests_of(mutant)[:_TRIED_FIRST]}
    outcome = player.play(None, _seconds(tests, sorted(chosen)))
    if outcome.is_killed:
        raise MutationError(f"Without a mutant {outcome.noticed_by} fails; mend it first.")


def _seconds(tests: CoverageMap, names: Iterable[str]) -> dict[str, float]:
    return {name: tests.seconds[name] for name in names}


@contextlib.contextmanager
def _taken(free: queue.SimpleQueue[Player]) -> Iterator[Player]:
    player = free.get()
    try:
        yield player
    finally:
        free.put(player)
