"""Tries a request until its answer is final, within the deadline of the invocation."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

import urllib3

from github_client.answers import Answer, GitAnswer
from github_client.backoff import (
    MAX_ATTEMPTS,
    READY_WITHIN_SECONDS,
    Backoff,
    is_transient,
    rate_limit_wait_seconds,
)
from github_client.errors import OutOfTimeError, UnreachableError
from github_client.wire import is_passing, was_never_sent
from invocation.deadline import Deadline
from invocation.http_pool import UnboundedAnswerError

# A try that cannot last this long would only lose its answer.
_SHORTEST_TRY_SECONDS = 1.0

AnyAnswer = TypeVar("AnyAnswer", Answer, GitAnswer)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Wait:
    """A wait before the next try, its reason as a sentence without its end, and its cause."""

    seconds: float
    why: str
    cause: UnreachableError | None = None


@dataclass(frozen=True)
class Persistence:
    """Knows what passes by itself; `host` is named where nothing usable comes back."""

    deadline: Deadline
    backoff: Backoff
    host: str

    def until_final(
        self,
        attempt: Callable[[], AnyAnswer],
        what: str,
        *,
        not_ready: Collection[int],
        repeatable: bool,
        before_repeat: Callable[[], None] | None = None,
    ) -> AnyAnswer:
        """Return the answer that waiting does not change.

        Raises:
            OutOfTimeError: the next try does not fit into the deadline.
            UnreachableError: no usable answer after several tries, or after the first one that
                must not be repeated.
        """
        started = self.deadline.clock()
        wait = _Wait(0.0, f"GitHub at {self.host} was not asked")
        tries = 0  # without those that only met a rate limit: GitHub says when it is over
        while self.deadline.allows(wait.seconds + _SHORTEST_TRY_SECONDS):
            if wait.seconds:
                _log.info("%s: next try in %.1f s: %s", what, wait.seconds, wait.why)
                self.deadline.sleep(wait.seconds)
                if before_repeat is not None:
                    before_repeat()
            outcome = self._try(attempt)
            limited = self._rate_limit(outcome)
            if limited is not None:
                wait = limited
                continue
            tries += 1
            if isinstance(outcome, UnreachableError):
                if tries == MAX_ATTEMPTS or (outcome.maybe_applied and not repeatable):
                    raise outcome
                wait = _Wait(self.backoff.wait_seconds(tries), outcome.summary, outcome)
            else:
                pause = self.backoff.wait_seconds(tries)
                waited = self.deadline.clock() - started
                if outcome.status not in not_ready or waited + pause >= READY_WITHIN_SECONDS:
                    return outcome
                wait = _Wait(pause, f"GitHub answered {outcome.status} to what may be too new")
        resume_at = self.deadline.clock() + wait.seconds
        raise OutOfTimeError(wait.why, resume_at=resume_at) from wait.cause

    def _try(self, attempt: Callable[[], AnyAnswer]) -> "AnyAnswer | UnreachableError":
        try:
            answer = attempt()
        except UnboundedAnswerError as error:
            return UnreachableError(self.host, str(error))
        except urllib3.exceptions.HTTPError as error:
            why = type(error).__name__
            return UnreachableError(
                self.host,
                why,
                maybe_applied=not was_never_sent(error),
                is_passing=is_passing(error),
            )
        except ValueError:
            return UnreachableError(self.host, "its answer is not JSON", is_passing=False)
        if is_transient(answer.status):
            return UnreachableError(self.host, f"it answered {answer.status}")
        return answer

    def _rate_limit(self, outcome: "Answer | GitAnswer | UnreachableError") -> _Wait | None:
        if isinstance(outcome, UnreachableError):
            return None
        asked = rate_limit_wait_seconds(
            outcome.status, outcome.headers, outcome.said, now=self.deadline.clock()
        )
        if asked is None:
            return None
        return _Wait(
            self.backoff.spread_seconds(asked),
            f"GitHub's rate limit asks for a wait of {asked:.0f} seconds",
        )
