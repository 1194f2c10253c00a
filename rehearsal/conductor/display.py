"""How a play shows itself: a live table in a terminal, plain lines elsewhere, or silence."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text


class Display(Protocol):
    """What an act may say while it is played."""

    def say(self, sentence: str) -> None:
        """Tell what happened; it stays on the screen."""

    @contextmanager
    def act(self, number: int, of: int, title: str) -> Iterator[None]:
        """Frame one act and show its time."""
        yield


class PlainDisplay:
    """One line per event, for logs and pipes."""

    def say(self, sentence: str) -> None:
        """Print a sentence."""
        print(f"      {sentence}", flush=True)

    @contextmanager
    def act(self, number: int, of: int, title: str) -> Iterator[None]:
        """Print the act's title at its begin and its time at its end."""
        began = time.monotonic()
        print(f"[{number}/{of}] {title}", flush=True)
        yield
        print(f"      done in {time.monotonic() - began:.1f} s", flush=True)


class SilentDisplay:
    """Says nothing, for `--json`."""

    def say(self, sentence: str) -> None:
        """Keep silent."""

    @contextmanager
    def act(self, number: int, of: int, title: str) -> Iterator[None]:
        """Frame the act without a word."""
        yield


class TerminalDisplay:
    """A line with a moving clock for the act at work; what is done stays above it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, sentence: str) -> None:
        """Print a sentence above the moving line."""
        self._console.print(Text(f"      {sentence}", style="dim"), highlight=False)

    @contextmanager
    def act(self, number: int, of: int, title: str) -> Iterator[None]:
        """Show the act's clock while it is played and its time when it is done."""
        began = time.monotonic()
        with Live(
            _Clock(f"[{number}/{of}] {title}", began),
            console=self._console,
            refresh_per_second=8,
            transient=True,
        ):
            yield
        self._console.print(
            f"[green]✓[/] [bold]\\[{number}/{of}] {title}[/]  {time.monotonic() - began:.1f} s",
            highlight=False,
        )


class _Clock:
    def __init__(self, title: str, began: float) -> None:
        self._title, self._began = title, began
        self._spinner = Spinner("dots")

    def __rich__(self) -> Table:
        line = Table.grid(padding=(0, 1))
        seconds = f"{time.monotonic() - self._began:.0f} s"
        line.add_row(self._spinner, Text(self._title, style="bold"), seconds)
        return line


def choose_display(*, silent: bool) -> Display:
    """Pick the display that fits standard output."""
    if silent:
        return SilentDisplay()
    return TerminalDisplay(Console()) if sys.stdout.isatty() else PlainDisplay()
