"""What is asked once for all projects: versions, stages, tokens, idle endpoints and costs."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from operations.fleet.catalog import Catalog, Launched, Version
from operations.fleet.credentials import Credential, least_days_left, read_credentials
from operations.fleet.gaps import Gaps
from operations.fleet.idle import Idle, read_idle
from operations.fleet.stages import Stage, read_stages

_DAILY_LOOK = "Credentials and idle endpoints"


@dataclass(frozen=True)
class Shared:
    """The answers: by product, three times by model package group, and by project id."""

    versions: Mapping[str, Sequence[Version]]
    stages: Mapping[str, Sequence[Stage]]
    credentials: Mapping[str, Credential]
    idle: Mapping[str, Sequence[Idle]]
    costs: Mapping[str, float]


@dataclass(frozen=True)
class SharedQuestions:
    """Asks for all projects.

    Args:
        catalog: of the template.
        client: boto3 client of a service by its name; called by one thread.
        costs: asks for the dollars of the last 30 days by project id.
        region: where the projects are.
        gaps: hears what may not be read.
        now: the daily check is looked for before it.
    """

    catalog: Catalog
    client: Callable[[str], Any]
    costs: Callable[[], dict[str, float]]
    region: str
    gaps: Gaps
    now: datetime

    def ask(self, threads: Executor, launched: Sequence[Launched]) -> Callable[[], Shared]:
        """Begin to ask; what is returned waits for the answers."""
        products = sorted({one.product_id for one in launched})
        groups = [one.group for one in launched]
        versions = threads.submit(self._versions, products)
        stages = threads.submit(self._stages, self.client("dynamodb"), groups)
        logs = self.client("logs")
        credentials = threads.submit(self._credentials, logs, self.client("cloudwatch"))
        idle = threads.submit(self._idle, logs)
        costs = threads.submit(self.costs)
        return lambda: Shared(
            versions.result(),
            stages.result(),
            credentials.result(),
            idle.result(),
            costs.result(),
        )

    def _versions(self, products: Sequence[str]) -> dict[str, list[Version]]:
        return {
            id_: self.gaps.ask(
                "Newest version", "servicecatalog", partial(self.catalog.versions, id_), []
            )
            for id_ in products
        }

    def _stages(self, dynamodb: Any, groups: Sequence[str]) -> dict[str, list[Stage]]:
        nothing: dict[str, list[Stage]] = {}
        return self.gaps.ask("Stages", "dynamodb", lambda: read_stages(dynamodb, groups), nothing)

    def _credentials(self, logs: Any, cloudwatch: Any) -> dict[str, Credential]:
        """What the log has of each token, or else what the metric has of all."""
        nothing: dict[str, Credential] = {}
        found = self.gaps.ask(
            _DAILY_LOOK, "logs", lambda: read_credentials(logs, self.now), nothing
        )
        if found:
            return found
        least = self.gaps.ask(
            "Credential", "cloudwatch", lambda: least_days_left(cloudwatch, self.now), None
        )
        if least is not None:
            self.gaps.tell(f"Credential: of all tokens, the first to end lasts {least:.0f} days.")
        return found

    def _idle(self, logs: Any) -> dict[str, list[Idle]]:
        nothing: dict[str, list[Idle]] = {}
        return self.gaps.ask(
            _DAILY_LOOK, "logs", lambda: read_idle(logs, self.region, self.now), nothing
        )
