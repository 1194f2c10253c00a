"""Clients that ask an endpoint all the time, and count what becomes of their requests."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.deployments import endpoint_name
from rehearsal.conductor.errors import RehearsalError

_RECORD = "M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15"
_CONTENT_TYPE = "text/csv; charset=utf-8"
_PAUSE_SECONDS = 0.05
_SETTLED = 20


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


class Traffic:
    """One client in a thread of its own, as long as the context lasts; it never tries again."""

    def __init__(self, runtime: Any, endpoint_name: str) -> None:
        """Takes a boto3 client of `sagemaker-runtime` that does not retry."""
        self.count = Count()
        self._runtime = runtime
        self._endpoint_name = endpoint_name
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._ask_on, name="traffic")

    def __enter__(self) -> "Traffic":
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()

    def settle(self, *, seconds: float = 10.0) -> None:
        """Wait until the last requests all had predictions, or the time is over."""
        deadline = time.monotonic() + seconds
        while self.count.sound_in_the_end < _SETTLED and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)

    def _ask_on(self) -> None:
        while not self._ending.wait(_PAUSE_SECONDS):
            self.count.sent += 1
            try:
                self._runtime.invoke_endpoint(
                    EndpointName=self._endpoint_name,
                    ContentType=_CONTENT_TYPE,
                    Accept="text/csv",
                    Body=_RECORD,
                )["Body"].read()
            except ClientError as error:
                is_models = error.response["Error"]["Code"] == "ModelError"
                self.count.faulty += is_models
                self.count.dropped += not is_models
                self.count.sound_in_the_end = 0
            except BotoCoreError:
                self.count.dropped += 1
                self.count.sound_in_the_end = 0
            else:
                self.count.sound += 1
                self.count.sound_in_the_end += 1


@contextmanager
def ask_meanwhile(play: Play, name: str, fact: str) -> Iterator[Count]:
    """Let a client ask the endpoint of a stage as long as the context lasts; count it as a fact.

    Raises:
        RehearsalError: a request was dropped, or the last ones had no predictions.
    """
    runtime = play.user_of(name).client("sagemaker-runtime", retries=0)
    with Traffic(runtime, endpoint_name(name)) as traffic:
        yield traffic.count
        traffic.settle()
    play.facts[fact] = asdict(traffic.count)
    if traffic.count.dropped or not traffic.count.sound_in_the_end:
        raise RehearsalError(
            f"The endpoint of {name} did not answer all the while: {traffic.count}."
        )
