"""Hands a request that needs more time to a fresh invocation of the same function.

Lambda ends a function after 15 minutes, while GitHub may ask for a wait of up to an hour. The fresh
invocation waits on and starts again; since every try looks at what exists, it goes on from there.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudformation_response.response import AnswerLaterError
from github_client.errors import OutOfTimeError
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox

# Lambda stops a function that calls itself 16 times in a row.
MOST_HAND_OVERS = 5
# CloudFormation waits for 3600 seconds, the service timeout of the resource.
GIVE_UP_AFTER_SECONDS = 3300.0
_KEY = "HandOver"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HandOver:
    """What one invocation tells the next; times in seconds since the epoch."""

    count: int
    resume_at: float
    give_up_at: float
    why: str = ""

    @classmethod
    def read(cls, event: Mapping[str, Any], deadline: Deadline) -> "HandOver":
        """Return what the event says; a first invocation may start at once."""
        told = event.get(_KEY)
        now = deadline.clock()
        if told is None:
            return cls(0, now, now + GIVE_UP_AFTER_SECONDS)
        return cls(
            count=int(told["count"]),
            resume_at=float(told["resume_at"]),
            give_up_at=float(told["give_up_at"]),
            why=str(told["why"]),
        )

    def wait(self, deadline: Deadline) -> None:
        """Wait for the moment to go on, or for as much of it as this invocation can.

        Raises:
            OutOfTimeError: it lies beyond this invocation.
        """
        seconds = self.resume_at - deadline.clock()
        if seconds <= 0:
            return
        fits = deadline.allows(seconds)
        deadline.sleep(seconds if fits else deadline.remaining_seconds())
        if not fits:
            raise OutOfTimeError(self.why, resume_at=self.resume_at)

    def pass_on(
        self,
        event: Mapping[str, Any],
        context: LambdaContext,
        tools: Toolbox,
        error: OutOfTimeError,
    ) -> None:
        """Start the next invocation, if there may be one.

        Raises:
            AnswerLaterError: it is started, and CloudFormation hears from it.
            OutOfTimeError: the given one, if there is none.
        """
        if self.count >= MOST_HAND_OVERS or error.resume_at >= self.give_up_at:
            raise error
        told = {
            "count": self.count + 1,
            "resume_at": error.resume_at,
            "give_up_at": self.give_up_at,
            "why": error.why,
        }
        try:
            tools.aws("lambda").invoke(
                FunctionName=context.invoked_function_arn,
                InvocationType="Event",
                Payload=json.dumps({**event, _KEY: told}).encode(),
            )
        except (ClientError, BotoCoreError) as refusal:
            _log.warning("no fresh invocation could be started: %s", type(refusal).__name__)
            raise error from None
        raise AnswerLaterError
