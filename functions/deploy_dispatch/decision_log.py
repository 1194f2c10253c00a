"""One line of the log for each decision: what it was made of, and what it came to.

Such lines are kept as histories, and replayed by a test when the rules change.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from deploy_dispatch.decide import Step, VersionState, View
from deploy_dispatch.order import Order
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.stage_record import Presence, StageRecord, UnderWay

MARK = "decided "

_log = logging.getLogger(__name__)


def write(view: View, steps: Sequence[Step]) -> None:
    """Log a decision, with steps that are left to whoever sees to them already."""
    told = {"view": asdict(view), "steps": as_told(steps)}
    _log.info("%s%s", MARK, json.dumps(told, sort_keys=True))


def as_told(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps as a line of the log has them."""
    return [{"step": type(step).__name__, **asdict(step)} for step in steps]


def read_view(told: Mapping[str, Any]) -> View:
    """Read what a decision was made of from a line of the log."""
    return View(
        stages=tuple(Stage(**stage) for stage in told["stages"]),
        versions={arn: VersionState(**version) for arn, version in told["versions"].items()},
        records={name: _record(record) for name, record in told["records"].items()},
    )


def _record(told: Mapping[str, Any]) -> StageRecord:
    versions = {arn: Presence(**presence) for arn, presence in told["versions"].items()}
    under_way = told["under_way"] and UnderWay(
        **{**told["under_way"], "order": Order(**told["under_way"]["order"])}
    )
    return StageRecord(**{**told, "versions": versions, "under_way": under_way})
