"""Answers that are kept for seconds, and asked for anew by threads while the old ones are shown.

Nothing is asked that no open page shows, and the same thing is asked once for all pages.
"""

import logging
import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor, Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import BotoCoreError

from console.asking.gaps import PageGaps
from console.asking.signing_in import has_expired, sign_in
from console.errors import Absent
from operations.aws_session import describe

_MOST_KEPT = 400
# Questions of one name ask the same services. One that is silent takes no more threads than these,
# and there are as many for each other name.
MOST_OF_A_NAME = 8
THREADS = 32 * MOST_OF_A_NAME
# For how long an answer is good that says that credentials have expired.
_EXPIRED_SECONDS = 3.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """One thing to ask.

    Args:
        name: what a panel calls the answer.
        about: what it is asked about; with the name, the same for the same question.
        ask: finds what a panel shows; what could not be read it tells the gaps.
        fresh_seconds: how long an answer is good.
        at_least: for how many seconds it is good at least, told by what was found.
    """

    name: str
    about: Hashable
    ask: Callable[[PageGaps], Any]
    fresh_seconds: float = 3.0
    at_least: Callable[[Any], float] = lambda _: 0.0

    @property
    def key(self) -> Hashable:
        """What tells it from other questions."""
        return self.name, self.about

    def good_for(self, found: Any) -> float:
        """How many seconds an answer is good that says this; None if it says nothing."""
        return max(self.fresh_seconds, 0.0 if found is None else self.at_least(found))


@dataclass(frozen=True)
class Answer:
    """What is known now.

    Args:
        value: what was found; None if nothing was, or nothing was ever answered.
        is_known: whether there was an answer.
        lines: what could not be read, a sentence each.
        number: how often the question was answered.
        waiting_seconds: since when the question that nobody answered is asked; 0 if none is.
        waits_for: the service that it waits for; empty if none is known.
        absent: what is not there at all; None if nothing was missed.
    """

    value: Any = None
    is_known: bool = False
    lines: Sequence[str] = ()
    number: int = 0
    waiting_seconds: float = 0.0
    waits_for: str = ""
    absent: Absent | None = None


@dataclass
class _Entry:
    answer: Answer = field(default_factory=Answer)
    asked_at: float = 0.0
    answered_at: float = 0.0
    running: Future[None] | None = None
    gaps: PageGaps | None = None
    is_queued: bool = False
    has_expired: bool = False
    # Whether there are other credentials since it was asked for.
    is_stale: bool = False
    # How often everything was forgotten before its answer was asked for.
    asked_after: int = 0
    answered_after: int = 0


class Answers:
    """The answers of one server.

    Args:
        threads: ask.
        clock: seconds that only grow.
        renew: called when credentials have expired; tells whether there are others now.
    """

    def __init__(
        self,
        threads: Executor,
        renew: Callable[[], bool | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threads = threads
        self._renew = renew
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._asked: defaultdict[str, list[PageGaps]] = defaultdict(list)
        self._forgotten = 0

    def look(self, question: Question) -> Answer:
        """Say what is known now, and have it asked again if that is no longer fresh."""
        with self._lock:
            entry = self._entry(question.key)
            now = self._clock()
            is_old = entry.is_stale or now - entry.answered_at >= _good_for(question, entry)
            if entry.running is None and (is_old or not self._is_of_now(entry)):
                entry.asked_at = entry.asked_at if entry.is_queued else now
                entry.is_queued = not self._start(question, entry)
            if entry.running is None and not entry.is_queued:
                return entry.answer
            asked = [entry.gaps] if entry.gaps else self._asked[question.name]
            return replace(
                entry.answer,
                waiting_seconds=now - entry.asked_at,
                waits_for=next(filter(None, (gaps.waits_for for gaps in asked)), ""),
            )

    def _start(self, question: Question, entry: _Entry) -> bool:
        """Have a question asked, unless its services let as many of its name wait already."""
        asked = self._asked[question.name]
        if len(asked) >= MOST_OF_A_NAME:
            return False
        entry.gaps = gaps = PageGaps()
        asked.append(gaps)
        entry.is_stale, entry.asked_after = False, self._forgotten
        entry.running = self._threads.submit(self._ask, question, entry, gaps)
        return True

    def await_first(self, questions: Sequence[Question], seconds: float) -> None:
        """Wait a little for what was never answered, so that most pages are whole at once.

        What was forgotten is waited for, too: a page that follows a change shows what came of it.
        """
        until = time.monotonic() + seconds
        # What was asked before a change and is answered after it is asked once more.
        for _ in range(2):
            for question in questions:
                self.look(question)
            with self._lock:
                entries = [self._entry(question.key) for question in questions]
                running = [
                    entry.running
                    for entry in entries
                    if entry.running and not self._is_of_now(entry)
                ]
            wait_for(running, timeout=max(0.0, until - time.monotonic()))

    def _is_of_now(self, entry: _Entry) -> bool:
        return entry.answer.is_known and entry.answered_after == self._forgotten

    def forget(self) -> None:
        """Have everything asked again, after something was changed."""
        with self._lock:
            self._forgotten += 1

    def _entry(self, key: Hashable) -> _Entry:
        entry = self._entries.setdefault(key, _Entry())
        self._entries.move_to_end(key)
        if len(self._entries) > _MOST_KEPT:
            self._entries.popitem(last=False)
        return entry

    def _ask(self, question: Question, entry: _Entry, gaps: PageGaps) -> None:
        value = None
        try:
            value = question.ask(gaps)
        except BotoCoreError as error:
            gaps.has_expired = gaps.has_expired or has_expired(error)
            gaps.tell(
                sign_in(error) if has_expired(error) else f"AWS: not asked ({describe(error)})."
            )
        except Exception:  # noqa: BLE001 # one panel's fault leaves the others standing
            _log.exception("The question %s failed", question.key)
            gaps.tell("The console failed here; what it printed where it was started tells why.")
        with self._lock:
            self._asked[question.name].remove(gaps)
            number = entry.answer.number + 1
            entry.answer = Answer(value, True, gaps.lines, number, absent=gaps.absent)
            entry.has_expired = gaps.has_expired
            entry.answered_after = entry.asked_after
            entry.answered_at, entry.running, entry.gaps = self._clock(), None, None
        if gaps.has_expired and self._renew():
            with self._lock:
                for one in self._entries.values():
                    one.is_stale = one.is_stale or one.has_expired


def _good_for(question: Question, entry: _Entry) -> float:
    if entry.has_expired:
        return min(question.fresh_seconds, _EXPIRED_SECONDS)
    return question.good_for(entry.answer.value)
