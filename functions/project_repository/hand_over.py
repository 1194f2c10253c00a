"""Hands a request that needs more time to a fresh invocation of the same function.

Lambda ends a function after 15 minutes, while GitHub may ask for a wait of up to an hour, or be
away for as long. The fresh invocation waits on and starts again; since every try looks at what
exists, it goes on from there. What it is told includes when the first one began: CloudFormation's
hour counts from there, also when Lambda repeats an invocation that died.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudformation_response.response import AnswerLaterError, RepeatRequestError
from github_client.errors import OutOfTimeError
from invocation.aws_errors import error_code
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
    """What one invocation tells the next; times in seconds since the epoch.

    Attributes:
        count: how often this has happened.
        began_at: when CloudFormation's request came to the first invocation.
        resume_at: when to go on.
        why: what is waited for, as a sentence without its end.
    """

    count: int
    began_at: float
    resume_at: float
    why: str = ""

    @classmethod
    def read(cls, event: Mapping[str, Any], now: float) -> "HandOver":
        """Return what the event says; a first invocation may start at once."""
        told = event.get(_KEY)
        if told is None:
            return cls(0, now, now)
        return cls(
            count=int(told["count"]),
            began_at=float(told["began_at"]),
            resume_at=float(told["resume_at"]),
            why=str(told["why"]),
        )

    @property
    def give_up_at(self) -> float:
        """Return when CloudFormation has to be answered, whatever the answer is."""
        return self.began_at + GIVE_UP_AFTER_SECONDS

    def until(self, error: OutOfTimeError) -> "HandOver":
        """Return the same with another moment to go on."""
        return replace(self, resume_at=error.resume_at, why=error.why)

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
        """Start the next invocation, if there may be one and AWS lets it start.

        Raises:
            AnswerLaterError: it is started, and CloudFormation hears from it.
            RepeatRequestError: it may be started, or not.
        """
        if self.count >= MOST_HAND_OVERS or error.resume_at >= self.give_up_at:
            return
        told = {
            "count": self.count + 1,
            "began_at": self.began_at,
            "resume_at": error.resume_at,
            "why": error.why,
        }
        try:
            tools.aws("lambda").invoke(
                FunctionName=context.invoked_function_arn,
                InvocationType="Event",
                Payload=json.dumps({**event, _KEY: told}).encode(),
            )
        except ClientError as refusal:
            _log.warning("no fresh invocation could be started: %s", error_code(refusal))
            return
        except BotoCoreError as lost:
            raise RepeatRequestError(type(lost).__name__) from None
        raise AnswerLaterError
