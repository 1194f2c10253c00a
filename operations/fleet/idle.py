"""Endpoints that cost money although nobody asks them, as the daily look found them.

Its log has a line for each endpoint that is 14 days old and keeps something running. Prices are
those that projects estimate their stages with; of what is not in them no cost is told.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from operations.fleet.daily_look_log import read_log
from operations.prices import HOURS_A_MONTH

_PRICES_FILE = Path(__file__).resolve().parents[2] / "seed_code/deploy_app/config/prices.yml"
_LINE = re.compile(
    r"endpoint (?P<name>\S+) of (?P<group>\S+) in (?P<days>\d+) days was asked "
    r"(?:\d+ times|by nobody, and it keeps (?P<kept>.*\S))"
)
_KEPT = re.compile(r"(\d+) x ([^\s,]+)")


@dataclass(frozen=True)
class Idle:
    """An endpoint that nobody asked.

    Args:
        name: of the endpoint.
        days: for so long.
        keeps: what runs nevertheless, such as `1 x ml.m5.large`.
        dollars: what that costs a month; None if its price is not known.
    """

    name: str
    days: int
    keeps: str
    dollars: float | None

    @property
    def stage(self) -> str:
        """The stage, whose name has no hyphen."""
        return self.name.rpartition("-")[2]

    @property
    def sentence(self) -> str:
        """What needs somebody."""
        cost = "runs" if self.dollars is None else f"costs ${self.dollars:,.2f} a month"
        return (
            f"{self.stage}: nobody asked endpoint {self.name} for {self.days} days, and "
            f"{self.keeps} {cost}; the workflow Remove endpoint takes it away"
        )


def read_idle(logs: Any, region: str, now: datetime) -> dict[str, list[Idle]]:
    """What the last daily look found idle of each project, by its model package group."""
    return idle_of(read_log(logs, now, "days was asked"), hourly_prices(region))


def idle_of(
    events: Iterable[Mapping[str, Any]], prices: Mapping[str, float]
) -> dict[str, list[Idle]]:
    """Read lines of the look's log; of an endpoint the latest counts."""
    latest: dict[tuple[str, str], Idle | None] = {}
    for event in sorted(events, key=lambda event: event["timestamp"]):
        told = _LINE.search(event["message"])
        if told is not None:
            latest[told["group"], told["name"]] = _idle(told, prices)
    found: dict[str, list[Idle]] = {}
    for (group, _), idle in sorted(latest.items()):
        if idle:
            found.setdefault(group, []).append(idle)
    return found


def _idle(told: re.Match[str], prices: Mapping[str, float]) -> Idle | None:
    kept = told["kept"]
    if kept is None:  # somebody asked
        return None
    return Idle(told["name"], int(told["days"]), kept, _dollars(kept, prices))


def hourly_prices(region: str) -> dict[str, float]:
    """Dollars an hour by instance type; none of a region that the file lacks."""
    known = yaml.safe_load(_PRICES_FILE.read_bytes())["regions"].get(region, {})
    return dict(known.get("instance_hour", {}))


def _dollars(kept: str, prices: Mapping[str, float]) -> float | None:
    parts = [(int(count), prices.get(kind)) for count, kind in _KEPT.findall(kept)]
    known = [count * price for count, price in parts if price is not None]
    return sum(known) * HOURS_A_MONTH if parts and len(known) == len(parts) else None
