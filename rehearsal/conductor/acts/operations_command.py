"""A platform engineer's command line, typed in the clone by the account's administrator."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

import psutil

from rehearsal.conductor.acts import template_repository
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.errors import RehearsalError, StoodStillError
from rehearsal.conductor.waiting import Stillness
from rehearsal.conductor.waiting.patience import COMMAND_STILL_SECONDS
from rehearsal.conductor.waiting.program_lines import lines_until_still
from rehearsal.conductor.waiting.watches import watch_stacks
from rehearsal.processes import descendants, end


def as_typed(words: Sequence[str]) -> str:
    """The line that a platform engineer types for a command and its options."""
    command, *options = words
    if not options:
        return f"make {command}"
    given = " ".join(options)
    return f"make {command} ARGS=" + (given if len(options) == 1 else f'"{given}"')


def type_operation(
    play: Play,
    words: Sequence[str],
    settings: Mapping[str, str],
    *,
    seconds: float = COMMAND_STILL_SECONDS,
) -> Iterator[str]:
    """Run what a `make` target runs; yields its lines, and keeps them.

    Args:
        play: that it belongs to.
        words: the command and its options.
        settings: environment variables beside the administrator's.
        seconds: how long it may say nothing while no stack moves.

    Raises:
        StoodStillError: it said nothing more, and no stack moved; it is ended.
        RehearsalError: it failed.
    """
    play.facts.setdefault("typed", []).append(as_typed(words))
    folder = template_repository.folder(play)
    env = {**play.world.person_environment(), "PYTHONPATH": str(folder), **settings}
    log = play.world.logs / f"{words[0]}.log"
    watch = watch_stacks(play.world.administrator.client("cloudformation"))
    still = Stillness(seconds, watch=watch, name_step=play.name_step)

    def give_up() -> None:
        end([psutil.Process(command.pid), *descendants(command.pid)])
        raise StoodStillError(f"`make {words[0]}`", still, log=log)

    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            [sys.executable, "-m", "operations", *words],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as command,
    ):
        for line in lines_until_still(command.stdout or (), still, give_up):
            kept.write(line)
            kept.flush()
            yield line
    play.name_step("")
    if command.returncode:
        raise RehearsalError(f"`make {words[0]}` failed.", log=log)


def say_operation(play: Play, words: Sequence[str], settings: Mapping[str, str]) -> None:
    """Run what a `make` target runs, and say its lines."""
    for line in type_operation(play, words, settings):
        play.say(line.strip())
