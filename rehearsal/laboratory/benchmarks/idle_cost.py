"""Asks the deploy repository's own estimate what a project costs that nobody asks anything."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from rehearsal.laboratory.benchmarks.results import Tell
from rehearsal.laboratory.benchmarks.timing import Command

AIM_DOLLARS = 1.50
# Of the template that this one follows, whose endpoint is one ml.m5.large all the time (83.95 of it
# in us-east-1).
REFERENCE_DOLLARS = 86.35
_REGION = "eu-west-1"
_ESTIMATE = """
import json
import sys
from pathlib import Path

from deploy_endpoint.commands.monthly_cost import Load, estimate, load_prices
from deploy_endpoint.settings.stage_settings import load_stages

prices, stages = (Path("config", name) for name in ("prices.yml", "stages.yml"))
nothing = Load(requests_per_day=0, milliseconds=0)
loaded = load_prices(prices)
costs, _ = estimate(load_stages(stages), loaded.regions[sys.argv[1]], nothing)
print(json.dumps({"dollars": sum(cost.idle for cost in costs), "prices_of": str(loaded.date)}))
"""


def measure_idle_cost(root: Path, tell: Tell) -> dict[str, Any]:
    """Price the settings that a new project has.

    Returns:
        US dollars a month, of which date the prices are, the aim, and the reference's cost.

    Raises:
        RehearsalError: the estimate failed.
    """
    seed = root / "seed_code" / "deploy_app"
    # -B: what Python compiled there would be seeded into projects.
    argv = [sys.executable, "-B", "-c", _ESTIMATE, _REGION]
    env = {**os.environ, "PYTHONPATH": str(seed / "vendor")}
    command = Command("The estimate of the idle cost", argv, seed, env)
    tell(command.name)
    return {
        **json.loads(command.run()),
        "region": _REGION,
        "aim_dollars": AIM_DOLLARS,
        "reference_dollars": REFERENCE_DOLLARS,
    }
