"""Clients that ask an endpoint all the time, and count what becomes of their requests."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.deployments import endpoint_name
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.meanwhile import repeated_meanwhile

_RECORD = "M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15"
_CONTENT_TYPE = "text/csv; charset=utf-8"
_PAUSE_SECONDS = 0.05
_SETTLED = 20
_SETTLING_SECONDS = 10.0


@dataclass
class Count:
    """What became of the requests.

    Attributes:
        sound: answered with a prediction.
        faulty: answered by a model that failed.
        dropped: not answered by any model.
        sound_in_the_end: how many of the last ones in a row had a prediction.
    """

    sent: int = 0
    sound: int = 0
    faulty: int = 0
    dropped: int = 0
    sound_in_the_end: int = 0

    def settle(self) -> None:
        """Wait until the last requests all had predictions, or the time is over."""
        deadline = time.monotonic() + _SETTLING_SECONDS
        while self.sound_in_the_end < _SETTLED and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)

    def ask(self, runtime: Any, endpoint: str) -> None:
        """Ask an endpoint once, by a client that does not retry, and count what becomes of it."""
        self.sent += 1
        try:
            runtime.invoke_endpoint(
                EndpointName=endpoint, ContentType=_CONTENT_TYPE, Accept="text/csv", Body=_RECORD
            )["Body"].read()
        except (ClientError, BotoCoreError) as error:
            response = error.response if isinstance(error, ClientError) else {}
            is_models = response.get("Error", {}).get("Code") == "ModelError"
            self.faulty += is_models
            self.dropped += not is_models
            self.sound_in_the_end = 0
        else:
            self.sound += 1
            self.sound_in_the_end += 1


@contextmanager
def ask_meanwhile(play: Play, name: str, fact: str) -> Iterator[Count]:
    """Let a client ask the endpoint of a stage as long as the context lasts; count it as a fact.

    Raises:
        RehearsalError: a request was dropped, or the last ones had no predictions.
    """
    runtime = play.user_of(name).client("sagemaker-runtime", retries=0)
    count = Count()
    ask = partial(count.ask, runtime, endpoint_name(name))
    with repeated_meanwhile(ask, pause_seconds=_PAUSE_SECONDS):
        yield count
        count.settle()
    play.facts[fact] = asdict(count)
    if count.dropped or not count.sound_in_the_end:
        raise RehearsalError(f"The endpoint of {name} did not answer all the while: {count}.")
