"""The frame of a command line: failures are one sentence, an interruption is no failure."""

import gc
import os
import shutil
import signal
import sys
from types import FrameType

import click

from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.log_files import last_lines
from rehearsal.conductor.wrapping import COLUMNS_WITHOUT_TERMINAL, wrap

_LOG_LINES = 15


def run_command_line(command: click.Command, *, interrupted: str) -> None:
    """Run a command; a failure ends with exit code 1, an interruption with 130.

    Args:
        command: raises RehearsalError when it fails.
        interrupted: what is true after an interruption.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        command(standalone_mode=False)
        gc.freeze()  # the process ends, and needs no search for garbage
    except RehearsalError as error:
        _tell(error)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\n".join(wrap(f"\nInterrupted; {interrupted}.", _columns())), err=True)
        sys.exit(130)


def _tell(error: RehearsalError) -> None:
    width = _columns()
    click.secho("\n" + "\n".join(wrap(str(error), width)), fg="red", err=True)
    if error.log is not None and error.log.exists():
        click.echo(f"The last lines of {os.path.relpath(error.log)}:", err=True)
        for line in last_lines(error.log, _LOG_LINES):
            for part in wrap(line, width, first="  | ", rest="  |   "):
                click.echo(part, err=True)


def _columns() -> int:
    return shutil.get_terminal_size((COLUMNS_WITHOUT_TERMINAL, 0)).columns


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
