"""What things cost, from the one price file of the commands."""

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_FILE = Path(__file__).with_name("prices.toml")
# AWS's own calculator counts so.
HOURS_A_MONTH = 730


class Price(BaseModel):
    """A list price in US dollars, and where AWS says it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    usd: float = Field(ge=0)
    source: str


class Prices(BaseModel):
    """List prices of one region, and when they were read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: str
    region: str
    s3_gb_month: Price
    kms_key_month: Price
    secret_month: Price
    log_gb_month: Price
    alarm_month: Price
    metric_month: Price
    table_gb_month: Price


@cache
def load_prices() -> Prices:
    """Read the file once."""
    return Prices.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8")))
