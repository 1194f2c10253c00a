"""How a play shows itself: a moving clock in a terminal, a line for each event elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.text import Text


class Display:
    """What an act may say while it is played."""

    def __init__(self, *, silent: bool = False) -> None:
        """Show on standard output, or nothing at all."""
        self._console = Console(quiet=silent, highlight=False)

    def say(self, sentence: str) -> None:
        """Tell what happened; it stays on the screen."""
        self._print(f"      {sentence}", "dim")

    @contextmanager
    def act(self, number: int, of: int, title: str) -> Iterator[None]:
        """Frame one act and show its time."""
        began, title = time.monotonic(), f"[{number}/{of}] {title}"
        if not self._console.is_terminal:
            self._print(title)
        with self._clock() as clock:
            clock.add_task(title)
            yield
        took = f"{time.monotonic() - began:.1f} s"
        if self._console.is_terminal:
            self._print(f"✓ {title}  {took}", "bold")
        else:
            self.say(f"done in {took}")

    def _clock(self) -> Progress:
        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", style="bold", markup=False),
            TextColumn("{task.elapsed:.0f} s"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )

    def _print(self, line: str, style: str = "") -> None:
        self._console.print(Text(line, style), soft_wrap=True)
