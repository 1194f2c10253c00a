"""Follows the console in a thread of its own, as a person with some tabs would.

What moves (the page of a project, and that of a step, a version or a stage as long as it runs or
is on its way) is asked each second; of the others some at a time, in turn, so that the console asks
AWS little more than an open browser would have it ask. Pages are found by the links of those that
are known.
"""

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import requests

from rehearsal.conductor.recording.page_reader import ReadPage, read_page
from rehearsal.conductor.recording.recording import RecordedPage, Recording

_FIRST = "/"
_MOST_PAGES = 60
# A page shows what it was asked for a moment before, so that each is asked in two rounds.
_IN_TURN, _STEP = 4, 2
_PROJECT = re.compile(r"/projects/[^/]+")


class Pages(Protocol):
    """Where pages come from."""

    def enter(self) -> None:
        """Be let in."""

    def read(self, address: str) -> str | None:
        """A page or a style sheet; None if there is none."""

    def close(self) -> None:
        """End."""


@dataclass
class _Tab:
    """A page that is followed.

    Args:
        address: of the page.
        raw: as it was seen last; None if it never was.
        running: addresses to which it led then by something that runs.
    """

    address: str
    raw: str | None = None
    running: frozenset[str] = frozenset()


@dataclass
class Recorder:
    """Records one play.

    Args:
        pages: of the console.
        recording: is filled.
        replaced: texts, such as the folder of this clone, and what stands for them in a recording.
        clock: seconds that only grow.
        pause_seconds: between two rounds.
    """

    pages: Pages
    recording: Recording
    replaced: Sequence[tuple[str, str]] = ()
    clock: Callable[[], float] = time.monotonic
    pause_seconds: float = 1.0
    trouble: str = ""
    _tabs: dict[str, _Tab] = field(default_factory=lambda: {_FIRST: _Tab(_FIRST)})
    _turn: int = 0
    _is_in: bool = False
    _began: float = 0.0
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to follow, as soon as the console answers."""
        self._began = self.clock()
        self._thread = threading.Thread(target=self._go_on, name="recorder", daemon=True)
        self._thread.start()

    def begin_act(self, title: str) -> None:
        """Note that an act begins."""
        self.recording.acts.append((self._now(), title))

    def finish(self) -> None:
        """Look at everything once more, and end; the console must still run."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
        self.pages.close()
        self.recording.seconds = self._now()

    def look(self, tabs: Sequence[_Tab] | None = None) -> None:
        """Ask for the pages whose turn it is, or for these."""
        if not self._is_in:
            self.pages.enter()
            self._is_in = True
        for tab in self._due() if tabs is None else tabs:
            raw = self.pages.read(tab.address)
            if raw is not None and raw != tab.raw:
                page = read_page(self._without_places(raw))
                tab.raw, tab.running = raw, page.running
                self._note(tab.address, page)

    def _go_on(self) -> None:
        while not self._ending.wait(self.pause_seconds):
            self._try_to_look()
        # The first time makes the console ask anew, the second one sees what came of it.
        self._try_to_look(everything=True)
        time.sleep(self.pause_seconds)
        self._try_to_look(everything=True)

    def _try_to_look(self, *, everything: bool = False) -> None:
        try:
            self.look(list(self._tabs.values()) if everything else None)
        except requests.RequestException as error:
            # It is not up yet, or busy; the next round may see it.
            if self._is_in:
                self.trouble = f"The console once gave no answer ({type(error).__name__})."
        except Exception as error:  # noqa: BLE001 # the play goes on, whatever fails here
            self.trouble = f"The recorder failed: {type(error).__name__}: {error}"

    def _due(self) -> list[_Tab]:
        running = frozenset().union(*(tab.running for tab in self._tabs.values()))
        moving: list[_Tab] = []
        resting: list[_Tab] = []
        for tab in self._tabs.values():
            moves = tab.raw is None or tab.address in running or _PROJECT.fullmatch(tab.address)
            (moving if moves else resting).append(tab)
        first = self._turn % max(len(resting), 1)
        self._turn = first + _STEP
        return [*moving, *(resting + resting)[first : first + min(_IN_TURN, len(resting))]]

    def _note(self, address: str, page: ReadPage) -> None:
        recorded = self.recording.pages.setdefault(address, RecordedPage())
        recorded.note(self._now(), page.title, page.panels)
        for style in page.styles:
            if style not in self.recording.styles:
                self.recording.styles[style] = self.pages.read(style) or ""
        for link in page.links:
            if link not in self._tabs and len(self._tabs) < _MOST_PAGES:
                self._tabs[link] = _Tab(link)

    def _without_places(self, text: str) -> str:
        for place, name in self.replaced:
            text = text.replace(place, name)
        return text

    def _now(self) -> float:
        return self.clock() - self._began
