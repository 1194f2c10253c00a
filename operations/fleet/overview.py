"""Puts together what is known of each project: a few requests for all, and five for each.

The five, of builds, versions and the stack, are asked by a few threads; a hundred projects take
seconds. For who keeps what never changes, they are two from the second look on.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from botocore.config import Config

from operations.aws_session import PATIENCE, Clients
from operations.fleet.builds import Build, Builds, Metric
from operations.fleet.catalog import BUSY, Catalog, Launched
from operations.fleet.costs import IMPATIENCE, AskCosts, read_costs
from operations.fleet.credentials import Credential
from operations.fleet.gaps import Gaps
from operations.fleet.idle import Idle
from operations.fleet.kept import Keep, ask_anew
from operations.fleet.shared import Shared, SharedQuestions
from operations.fleet.stage_accounts import tell_hidden_stages
from operations.fleet.stages import Stage
from operations.installation import find_products

THREADS = 8
# As the daily check's alarm has it.
WARN_BELOW_DAYS = 14
# SageMaker lets few requests a second through, and says so.
_POOLED = PATIENCE.merge(
    Config(max_pool_connections=THREADS, retries={"mode": "standard", "total_max_attempts": 8})
)


@dataclass(frozen=True)
class Project:
    """A row of the table.

    Args:
        version: name of its version; its id where the product has it no more.
        newest: name of the newest version; None if the product has none.
        idle: endpoints that cost money and that nobody asked.
        cost: dollars of the last 30 days.
    """

    launched: Launched
    version: str
    newest: str | None
    build: Build | None
    metric: Metric | None
    stages: Sequence[Stage]
    credential: Credential | None
    idle: Sequence[Idle]
    cost: float | None

    @property
    def is_old(self) -> bool:
        """Whether there is a newer version than its own."""
        return self.newest not in (None, self.version)

    @property
    def attention(self) -> list[str]:
        """What needs somebody, a sentence each."""
        told = [self.launched.trouble] if self.launched.trouble else []
        if self.launched.status in BUSY:
            told.append("it is being changed just now")
        told += [f"{stage.name}: {stage.attention}" for stage in self.stages if stage.attention]
        if self.credential is not None:
            told += _of_token(self.credential)
        return told + [one.sentence for one in self.idle]


def _of_token(credential: Credential) -> list[str]:
    if credential.is_rejected:
        return ["its GitHub token is rejected, expired or deleted"]
    days = credential.days_left
    if days is None or days >= WARN_BELOW_DAYS:
        return []
    return [f"its GitHub token lasts {days} more days"]


def open_catalog(session: Clients) -> Catalog:
    """The products of the template in the account and region of a session.

    Raises:
        StackMissingError: the template is not registered here.
    """
    products = find_products(session.client("cloudformation", config=PATIENCE))
    return Catalog(session.client("servicecatalog", config=PATIENCE), products)


def look(
    session: Clients,
    gaps: Gaps,
    now: datetime,
    ask_costs: AskCosts = read_costs,
    keep: Keep = ask_anew,
) -> list[Project]:
    """Every project, by name; what may not be read is told as a gap.

    Args:
        session: whose account and region it is.
        gaps: hears what may not be read.
        now: the daily check is looked for before it.
        ask_costs: asks Cost Explorer, which AWS charges for.
        keep: what never changes, for several threads.

    Raises:
        StackMissingError: the template is not registered here.
        ClientError: not even the projects may be listed.
    """
    catalog = open_catalog(session)
    launched = catalog.projects()
    if not launched:
        return []
    # Clients are made by one thread, and then used by all.
    client = partial(session.client, config=_POOLED)
    builds = Builds(client("sagemaker"), client("s3"), gaps, keep)
    explorer = session.client("ce", config=IMPATIENCE)
    costs = partial(ask_costs, explorer, session.region_name, now.date(), gaps)
    questions = SharedQuestions(catalog, client, costs, session.region_name, gaps, now)
    groups = [one.group for one in launched]
    hidden = partial(tell_hidden_stages, client("cloudformation"), gaps=gaps, keep=keep)
    with ThreadPoolExecutor(THREADS) as threads:
        shared = questions.ask(threads, launched)
        last = threads.map(builds.last_build, groups)
        metrics = threads.map(builds.metric, groups)
        told = threads.map(hidden, launched)
        answers = shared()
        list(told)
        return [_row(*row, answers) for row in zip(launched, last, metrics, strict=True)]


def _row(launched: Launched, build: Build | None, metric: Metric | None, shared: Shared) -> Project:
    versions = shared.versions.get(launched.product_id, ())
    named = {version.id: version.name for version in versions}
    offered = [version.name for version in versions if version.active]
    stages = shared.stages.get(launched.group, ())
    # Since the look at the endpoints one may have been taken away.
    empty = {stage.name for stage in stages if not stage.version and not stage.is_unknown}
    return Project(
        launched=launched,
        version=named.get(launched.version_id, launched.version_id),
        newest=offered[-1] if offered else None,
        build=build,
        metric=metric,
        stages=stages,
        credential=shared.credentials.get(launched.group),
        idle=[one for one in shared.idle.get(launched.group, ()) if one.stage not in empty],
        cost=shared.costs.get(launched.id),
    )
