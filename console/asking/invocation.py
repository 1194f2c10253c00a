"""Asks an endpoint for a prediction, once, and reads what it answers."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from console.asking.account import Account
from console.asking.gaps import PageGaps

CONTENT_TYPE, ACCEPT = "text/csv", "application/json"
# An endpoint has a minute for its answer. Asked again, it would work twice for one person.
ONCE = Config(
    connect_timeout=5, read_timeout=65, retries={"mode": "standard", "total_max_attempts": 1}
)
_LONGEST_SHOWN = 20_000
_OWN_FAULT = 500


class Prediction(BaseModel):
    """What is predicted for one record: a number, or a class with the scores of all."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    predicted_label: str | None = None
    score: float | list[float]

    @property
    def scores(self) -> list[float]:
        """As a list."""
        return self.score if isinstance(self.score, list) else [self.score]


class _Predictions(BaseModel):
    predictions: list[Prediction] = Field(max_length=10_000)


@dataclass(frozen=True)
class Told:
    """What an endpoint answered.

    Args:
        milliseconds: that it took, the way there and back included.
        refusal: what it or AWS refused, a sentence; empty if it answered.
        content: as it came.
        media_type: of the content.
        variant: that answered.
        predictions: what the content says; empty if it is something else.
    """

    milliseconds: int
    refusal: str = ""
    content: str = ""
    media_type: str = ""
    variant: str = ""
    predictions: Sequence[Prediction] = field(default=())


def invoke(
    account: Account,
    endpoint: str,
    body: str,
    gaps: PageGaps,
    clock: Callable[[], float] = time.monotonic,
) -> Told | None:
    """Send records to an endpoint.

    Args:
        account: whose endpoint it is.
        endpoint: its name.
        body: records as CSV.
        gaps: is told if the person may not ask, or AWS did not answer; the result then is None.
        clock: seconds that only grow.
    """
    runtime = account.client("sagemaker-runtime", config=ONCE)
    begun = clock()

    def passed() -> int:
        return round((clock() - begun) * 1000)

    def ask() -> Told:
        try:
            told = runtime.invoke_endpoint(
                EndpointName=endpoint, ContentType=CONTENT_TYPE, Accept=ACCEPT, Body=body.encode()
            )
            content = told["Body"].read().decode("utf-8", errors="replace")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ModelError":
                raise
            return Told(passed(), refusal=refusal_of(error, endpoint))
        return Told(
            milliseconds=passed(),
            content=content[:_LONGEST_SHOWN],
            media_type=told.get("ContentType", ""),
            variant=told.get("InvokedProductionVariant", ""),
            predictions=predictions_of(content),
        )

    return gaps.ask("The endpoint's answer", "sagemaker", ask, None)


def refusal_of(error: ClientError, endpoint: str) -> str:
    """What the model's server said instead of a prediction, as a sentence."""
    told: dict[str, Any] = dict(error.response)
    status, message = told.get("OriginalStatusCode", 0), str(told.get("OriginalMessage", ""))
    said = " ".join(message.split()) or "nothing more"
    if status and status < _OWN_FAULT:
        return f"The endpoint refused the record ({status}): {said}"
    return (
        f"The model failed ({status or 'no status'}): {said} Its log group "
        f"/aws/sagemaker/Endpoints/{endpoint} tells why."
    )


def predictions_of(content: str) -> Sequence[Prediction]:
    """The predictions of an answer in the template's form; none of another."""
    try:
        return _Predictions.model_validate_json(content).predictions
    except ValidationError:
        return ()
