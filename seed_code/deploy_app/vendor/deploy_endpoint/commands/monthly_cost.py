"""Say what the stages cost a month, before it is spent: idle, and under a stated load.

1. read the stages, the project and the pinned prices;
2. count what each stage keeps: instances, alarms, and for serverless the seconds of work;
3. print one Markdown table with the prices' date and sources; what no price is known of is `?`.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from deploy_endpoint.errors import explain
from deploy_endpoint.markdown_table import lay_out
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.serving_settings import STRICT, Realtime, Serverless
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import STAGES_FILE, StagesSettings, load_stages
from deploy_endpoint.settings.yaml_file import name_of, read_settings

PRICES_FILE = Path("config", "prices.yml")
_PRICE = "a price in US dollars, 0 or more"
Price = Annotated[float, Field(ge=0, allow_inf_nan=False, description=_PRICE)]
_UNKNOWN = math.nan
# AWS's own calculator counts so.
_HOURS_A_MONTH = 730
_DAYS_A_MONTH = _HOURS_A_MONTH / 24
# Application Auto Scaling makes one alarm to grow by and one to shrink by.
_SCALING_ALARMS = 2
NOT_COUNTED = (
    "Not counted: training, the instances' disks, data in and out, logs and S3, the second set of "
    "instances while a deployment runs, and the key's price again after each of its first two "
    "yearly rotations."
)


class RegionPrices(BaseModel):
    """List prices of one region, in US dollars."""

    model_config = STRICT

    serverless_gib_second: Price
    alarm_month: Price
    key_month: Price
    secret_month: Price
    instance_hour: dict[str, Price] = Field(
        description="a mapping of instance types to prices in US dollars, 0 or more"
    )


class Prices(BaseModel):
    """The prices of all regions, and when and where they were read."""

    model_config = STRICT

    date: str = Field(
        pattern=r"^\d{4}-\d{2}-\d{2}$", description="a date such as 2026-11-25 in quotes"
    )
    sources: list[Annotated[str, Field(pattern=r"^https://[!-~]{1,200}$")]] = Field(
        min_length=1, max_length=20, description="a list of addresses of AWS's prices, https://..."
    )
    regions: dict[str, RegionPrices] = Field(description="a mapping of regions to their prices")


# Of a region that the file does not have.
NO_PRICES = RegionPrices.model_construct(
    serverless_gib_second=_UNKNOWN,
    alarm_month=_UNKNOWN,
    key_month=_UNKNOWN,
    secret_month=_UNKNOWN,
    instance_hour={},
)


@dataclass(frozen=True, kw_only=True)
class Load:
    """The requests that every stage gets, evenly over the day."""

    requests_per_day: int
    milliseconds: int

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.requests_per_day:,} requests a day of {self.milliseconds} ms each"

    @property
    def at_a_time(self) -> float:
        """How many requests are answered at the same time on average."""
        return self.requests_per_day * self.milliseconds / 1000 / 86_400


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One row of the table, in US dollars a month."""

    name: str
    what: str
    idle: float
    loaded: float


def load_prices(path: Path) -> Prices:
    """Read the prices.

    Raises:
        SettingsError: the file is missing, is not YAML, or a price is wrong.
    """
    try:
        return Prices.model_validate(read_settings(path))
    except ValidationError as error:
        raise explain(error, Prices, name_of(path)) from None


def estimate(
    stages: StagesSettings, prices: RegionPrices, load: Load, *, has_secret: bool = True
) -> tuple[list[Cost], list[str]]:
    """Price the project and each stage, and note which stage cannot bear the load.

    Args:
        stages: which there are.
        prices: of the region.
        load: at every stage.
        has_secret: whether the project has a GitHub token of its own.
    """
    kept = prices.key_month + (prices.secret_month if has_secret else 0.0)
    what = "KMS key, secret" if has_secret else "KMS key"
    costs = [Cost(name="project", what=what, idle=kept, loaded=kept)]
    costs += [_stage_cost(stage, prices, load) for stage in stages.stages]
    notes = [
        f"{stage.name} gets {load.at_a_time:.1f} requests at a time and takes "
        f"{stage.serving.max_concurrency}; it refuses the rest, which costs nothing."
        for stage in stages.stages
        if isinstance(stage.serving, Serverless) and load.at_a_time > stage.serving.max_concurrency
    ]
    return costs, notes


def unknown_prices(stages: StagesSettings, prices: Prices, region: str) -> list[str]:
    """Say what the file lacks for these stages."""
    file = PRICES_FILE.as_posix()
    known = prices.regions.get(region)
    if known is None:
        return [f"There are no prices of {region}; add them to {file}."]
    used = {s.serving.instance_type for s in stages.stages if isinstance(s.serving, Realtime)}
    return [
        f"There is no price of {name} in {region}; add it to instance_hour in {file}."
        for name in sorted(used - set(known.instance_hour))
    ]


def _stage_cost(stage: StageSettings, prices: RegionPrices, load: Load) -> Cost:
    alarms = stage.deployment.alarms.count if stage.deployment.alarms else 0
    match stage.serving:
        case Serverless() as serving:
            gib = serving.memory_mib / 1024
            served_at_a_time = min(load.at_a_time, serving.max_concurrency)
            seconds = served_at_a_time * 86_400 * _DAYS_A_MONTH
            return Cost(
                name=stage.name,
                what=f"serverless, {gib:.0f} GiB",
                idle=0.0,
                loaded=seconds * gib * prices.serverless_gib_second,
            )
        case Realtime() as serving:
            alarms += _SCALING_ALARMS if serving.autoscaling else 0
            instance = prices.instance_hour.get(serving.instance_type, _UNKNOWN) * _HOURS_A_MONTH
            watched = alarms * prices.alarm_month
            what = f"{serving.instance_count} x {serving.instance_type}"
            return Cost(
                name=stage.name,
                what=f"{what}, {_plural(alarms, 'alarm')}" if alarms else what,
                idle=serving.instance_count * instance + watched,
                loaded=_instances_under(load, serving) * instance + watched,
            )


def _instances_under(load: Load, serving: Realtime) -> int:
    scaling = serving.autoscaling
    if scaling is None:
        return serving.instance_count
    a_minute = load.requests_per_day / (24 * 60)
    wanted = math.ceil(a_minute / scaling.invocations_per_instance_per_minute)
    return max(serving.instance_count, min(wanted, scaling.max_instances))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def report(costs: Sequence[Cost], notes: Sequence[str], *, load: Load, prices: Prices) -> str:
    """Lay the costs out as Markdown that also reads well as text."""
    total = Cost(
        name="total",
        what="",
        idle=sum(cost.idle for cost in costs),
        loaded=sum(cost.loaded for cost in costs),
    )
    rows = [
        ("stage", "what is kept", "idle", "under load"),
        *((c.name, c.what, dollars(c.idle), dollars(c.loaded)) for c in (*costs, total)),
    ]
    return "\n".join(
        [
            "### Monthly cost in US dollars",
            "",
            lay_out(rows, right=(2, 3)),
            "",
            f"- Load: {load}, at every stage.",
            *(f"- {note}" for note in notes),
            f"- Prices of {prices.date}, from {', '.join(prices.sources)}.",
            f"- {NOT_COUNTED}",
        ]
    )


def dollars(amount: float) -> str:
    """An amount for people; `?` of what no price is known of."""
    return "?" if math.isnan(amount) else f"{amount:,.2f}"


def _whole_number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 0 or more")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--requests-per-day", type=_whole_number, default=1000)
    parser.add_argument("--milliseconds", type=_whole_number, default=100)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    load = Load(requests_per_day=options.requests_per_day, milliseconds=options.milliseconds)
    project = load_project()
    stages = load_stages(STAGES_FILE, project)
    prices = load_prices(PRICES_FILE)
    region = project.aws_region
    has_secret = project.github_credential == "project"
    known = prices.regions.get(region, NO_PRICES)
    costs, notes = estimate(stages, known, load, has_secret=has_secret)
    notes += unknown_prices(stages, prices, region)
    print(report(costs, notes, load=load, prices=prices))
