"""What a stage costs a month, idle and under a load: as `make cost` of the deploy repository."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from deploy_endpoint.commands.monthly_cost import (
    NO_PRICES,
    NOT_COUNTED,
    Load,
    Prices,
    dollars,
    estimate,
    load_prices,
    unknown_prices,
)
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import StagesSettings

PRICES_FILE = Path(__file__).resolve().parents[2] / "seed_code/deploy_app/config/prices.yml"
_REQUESTS, _MILLISECONDS = "requests_per_day", "milliseconds"
# An endpoint answers within a minute.
LARGEST = {_REQUESTS: 10**9, _MILLISECONDS: 60_000}
_USUAL = {_REQUESTS: 1000, _MILLISECONDS: 100}


@dataclass(frozen=True)
class GivenLoad:
    """The load that an address asks for.

    Args:
        load: what is computed with.
        refusals: what of the address was no such number, a sentence each.
        query: the load as a part of an address; empty if it is the usual one.
    """

    load: Load
    refusals: Sequence[str]
    query: str


def load_of(query: Mapping[str, str]) -> GivenLoad:
    """Read a load; what is refused there counts as not given."""
    values, refusals = dict(_USUAL), []
    for name, largest in LARGEST.items():
        text = query.get(name)
        if text is None:
            continue
        if text.isascii() and text.isdecimal() and len(text) <= 12 and int(text) <= largest:
            values[name] = int(text)
        else:
            refusals.append(
                f"{name} is {text[:40]!r}; give a whole number from 0 to {largest:,}. "
                f"Until then it counts as {_USUAL[name]:,}."
            )
    load = Load(requests_per_day=values[_REQUESTS], milliseconds=values[_MILLISECONDS])
    return GivenLoad(load, refusals, f"?{urlencode(values)}" if values != _USUAL else "")


@dataclass(frozen=True)
class Priced:
    """What a stage costs.

    Args:
        what: is kept.
        idle: dollars a month for people.
        loaded: as above, under the load.
        notes: what to know of it, a sentence each.
        prices: when and where they were read.
    """

    what: str
    idle: str
    loaded: str
    notes: Sequence[str]
    prices: Prices


def price(stage: StageSettings, region: str, load: Load) -> Priced:
    """Compute what a stage costs.

    Raises:
        SettingsError: the template's prices cannot be read.
    """
    prices, alone = _prices(), StagesSettings(stages=(stage,))
    costs, notes = estimate(alone, prices.regions.get(region, NO_PRICES), load)
    _project, cost = costs
    return Priced(
        what=cost.what,
        idle=dollars(cost.idle),
        loaded=dollars(cost.loaded),
        notes=[*notes, *unknown_prices(alone, prices, region), NOT_COUNTED],
        prices=prices,
    )


@cache
def _prices() -> Prices:
    return load_prices(PRICES_FILE)
