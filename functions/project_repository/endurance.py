"""Outlasts what passes by itself, such as an outage of GitHub or of AWS, for most of an hour.

A request is tried, and tried again after a pause, until the time of this invocation is over; then a
fresh one goes on. The first invocation hands over after a minute already: Lambda repeats one that
died without a note of when it began, so that it must be short for the hour to be counted from
CloudFormation's request. What usually happens takes a few seconds and is handed over to nobody.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cloudformation_response.response import Outcome, RepeatRequestError, reserve_seconds
from github_client.errors import GitHubError, OutOfTimeError
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox
from project_repository.hand_over import HandOver
from project_repository.seed.bundle import SeedError
from project_repository.session import StackUnknownError

FIRST_SECONDS = 60.0
_PAUSE_SECONDS = 20.0

_log = logging.getLogger(__name__)


class Endurance:
    """One invocation's part of a request of CloudFormation.

    Attributes:
        deadline: when this invocation must have done its work.
    """

    def __init__(self, event: Mapping[str, Any], context: LambdaContext, tools: Toolbox) -> None:
        self._event, self._context, self._tools = event, context, tools
        deadline = tools.deadline(context, reserve_seconds=reserve_seconds(context))
        self._hand_over = HandOver.read(event, deadline.clock())
        # Whoever comes later than this finds that CloudFormation has given up and is deleting.
        self.deadline = _not_after(deadline, self._hand_over.give_up_at)

    def outlast(self, attempt: Callable[[Deadline], Outcome]) -> Outcome:
        """Return what the request came to.

        Args:
            attempt: does all of the request until the given deadline, or goes on with it.

        Raises:
            AnswerLaterError: a fresh invocation goes on.
            Exception: what the last attempt failed of.
        """
        for leg in self._legs():
            try:
                return self._until(leg, attempt)
            except OutOfTimeError as error:
                outage = error
                self._pass_on(error)
                self._hand_over = self._hand_over.until(error)
        raise outage.__cause__ or outage

    def _legs(self) -> tuple[Deadline, ...]:
        """Return until when to work before handing over, and after that could not be done."""
        if self._hand_over.count:
            return (self.deadline,)
        return (_not_after(self.deadline, self._hand_over.began_at + FIRST_SECONDS), self.deadline)

    def _pass_on(self, error: OutOfTimeError) -> None:
        try:
            self._hand_over.pass_on(self._event, self._context, self._tools, error)
        except RepeatRequestError as lost:
            if not self.deadline.allows(_PAUSE_SECONDS):
                raise
            _log.warning("%s", lost)

    def _until(self, deadline: Deadline, attempt: Callable[[Deadline], Outcome]) -> Outcome:
        self._hand_over.wait(deadline)
        while True:
            try:
                return attempt(deadline)
            except OutOfTimeError:
                raise
            except (GitHubError, SeedError, StackUnknownError) as error:
                if not error.is_passing:
                    raise
                self._pause(deadline, error)

    def _pause(self, deadline: Deadline, error: Exception) -> None:
        seconds = _PAUSE_SECONDS * (0.5 + self._tools.random())
        if not deadline.allows(seconds):
            why = str(error).rpartition("; ")[0]
            raise OutOfTimeError(why, resume_at=deadline.clock() + seconds) from error
        _log.warning("the next attempt is in %.0f s: %s", seconds, error)
        deadline.sleep(seconds)


def _not_after(deadline: Deadline, moment: float) -> Deadline:
    return replace(deadline, ends_at=min(deadline.ends_at, moment))
