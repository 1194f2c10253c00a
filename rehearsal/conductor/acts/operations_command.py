"""A platform engineer's command line, typed in the clone by the account's administrator."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from rehearsal.conductor.acts import template_repository
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.errors import RehearsalError


def type_operation(play: Play, words: Sequence[str], settings: Mapping[str, str]) -> Iterator[str]:
    """Run what a `make` target runs; yields its lines, and keeps them.

    Args:
        play: that it belongs to.
        words: the command and its options.
        settings: environment variables beside the administrator's.

    Raises:
        RehearsalError: it failed.
    """
    folder = template_repository.folder(play)
    env = {**play.world.person_environment(), "PYTHONPATH": str(folder), **settings}
    log = play.world.logs / f"{words[0]}.log"
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
        for line in command.stdout or ():
            kept.write(line)
            kept.flush()
            yield line
    if command.returncode:
        raise RehearsalError(f"`make {words[0]}` failed.", log=log)
