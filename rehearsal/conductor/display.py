"""How a play shows itself: the step that runs in a terminal, a line for each event elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from rehearsal.conductor.wrapping import COLUMNS_WITHOUT_TERMINAL, wrap

_INDENT = " " * 6


class Display:
    """What an act may say while it is played."""

    def __init__(
        self,
        *,
        silent: bool = False,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_act: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Show on standard output, or nothing at all; `on_act` is told each act that begins."""
        self._console = console or Console(quiet=silent, highlight=False)
        self._clock = clock
        self._on_act = on_act
        self._step = ""

    def say(self, sentence: str) -> None:
        """Tell what happened; it stays on the screen."""
        self._print(sentence, "dim", first=_INDENT, rest=_INDENT)

    def name_step(self, step: str) -> None:
        """Name what runs now; an empty one says that nothing is known to run."""
        if step == self._step:
            return
        self._step = step
        if step and not self._console.is_terminal:
            self.say(f"now {step}")

    @contextmanager
    def act(self, number: int, of: int, title: str) -> Iterator[None]:
        """Frame one act; show its step and its time."""
        self._on_act(title)
        began, title, self._step = self._clock(), f"[{number}/{of}] {title}", ""
        if not self._console.is_terminal:
            self._print(title)
        with self._moving(title, began):
            yield
        took = f"{self._clock() - began:.1f} s"
        if self._console.is_terminal:
            self._print(f"✓ {title}  {took}", "bold", rest="  ")
        else:
            self.say(f"done in {took}")

    def _moving(self, title: str, began: float) -> AbstractContextManager[object]:
        """The lines that are drawn anew while an act is played."""
        if not self._console.is_terminal:
            return nullcontext()
        spinner = Spinner("dots")

        def draw() -> Text:
            sign = spinner.render(self._console.get_time())
            head = f"{sign} {title}  {self._clock() - began:.0f} s"
            lines = wrap(head, self._width, rest="  ")
            if self._step:
                lines += wrap(self._step, self._width, first=_INDENT, rest=_INDENT)
            return Text("\n".join(lines), "bold")

        return Live(console=self._console, get_renderable=draw, transient=True)

    @property
    def _width(self) -> int:
        return self._console.width if self._console.is_terminal else COLUMNS_WITHOUT_TERMINAL

    def _print(self, line: str, style: str = "", *, first: str = "", rest: str = "") -> None:
        text = "\n".join(wrap(line, self._width, first=first, rest=rest))
        self._console.print(Text(text, style), soft_wrap=True)
