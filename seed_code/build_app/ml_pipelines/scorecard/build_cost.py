"""What one build costs, before it is spent: its instances' prices for an assumed time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

from dataset import parse_toml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ml_pipelines.scorecard.markdown import plain, table
from ml_pipelines.settings import ROOT, PipelineSettings, SettingsError

PRICES_FILE = ROOT / "prices.toml"
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_NOT_COUNTED = "Not counted: the instances' disks, data in and out, logs and S3, the endpoints."


class Prices(BaseModel):
    """List prices of an hour in US dollars, by region and instance type."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    sources: list[Annotated[str, Field(pattern=r"^https://[!-~]{1,200}$")]] = Field(
        min_length=1, max_length=20
    )
    regions: dict[str, dict[str, Price]]


def read_prices(path: Path = PRICES_FILE) -> Prices:
    """Read `prices.toml`.

    Raises:
        SettingsError: it is missing or refused.
    """
    try:
        return Prices.model_validate(parse_toml(path.read_bytes()))
    except (OSError, RecursionError, ValidationError, ValueError) as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise SettingsError(f"{path.name} is refused: {first}; restore or mend it.") from error


def build_cost(settings: PipelineSettings, prices: Prices, region: str, minutes: float) -> str:
    """The cost of each job and of all, with what was assumed, as Markdown."""
    jobs = settings.jobs
    known = prices.regions.get(region, {})
    steps = {
        "Preprocess": jobs.processing_instance_type,
        "Train": jobs.training_instance_type,
        "Evaluate": jobs.processing_instance_type,
    }
    hourly = {step: known.get(instance, math.nan) for step, instance in steps.items()}
    rows = [
        ("step", "instance", "US dollars an hour", f"{minutes:g} minutes"),
        *(
            (step, plain(steps[step]), _dollars(price), _dollars(price * minutes / 60))
            for step, price in hourly.items()
        ),
        ("total", "", "", _dollars(sum(hourly.values()) * minutes / 60)),
    ]
    longest = jobs.training_timeout_seconds
    notes = [
        f"Assumed: each job is billed for {minutes:g} minutes. A step whose code and inputs are "
        "unchanged is not run again and costs nothing.",
        f"Training is ended after {longest / 60:g} minutes, "
        f"{_dollars(hourly['Train'] * longest / 3600)} US dollars.",
        *_spot_notes(settings),
        *(
            f"There is no price of {plain(instance)} in {plain(region)}; add it to prices.toml."
            for instance in sorted({*steps.values()} - {*known})
        ),
        f"Prices of {prices.date}, from {', '.join(map(plain, prices.sources))}.",
        _NOT_COUNTED,
    ]
    return "\n".join([table(rows), "", *(f"- {note}" for note in notes)])


def _spot_notes(settings: PipelineSettings) -> list[str]:
    longest = settings.jobs.training_max_wait_seconds
    if longest is None:
        return []
    return [
        "Training takes spot capacity, at a price that AWS tells afterwards; reckoned is the list "
        "price, the most of it. What is interrupted begins anew and is paid twice, but the job "
        f"ends after {longest / 60:g} minutes with the waiting."
    ]


def _dollars(amount: float) -> str:
    return "?" if math.isnan(amount) else f"{amount:,.3f}"
