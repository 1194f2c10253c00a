"""Brings projects on: one first, then the rest, a few side by side; the first failure stops it.

What is under way when one fails is awaited, and nothing more is begun. Each start looks anew, so
that the next one goes on with what is left.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from operations.aws_session import describe
from operations.errors import (
    ProjectUnknownError,
    ReleaseFailedError,
    VersionNotOfferedError,
)
from operations.fleet.catalog import FAILED, Launched, Version

SIDE_BY_SIDE = 3


@dataclass(frozen=True)
class Target:
    """A project and the version that it is to get."""

    project: Launched
    version: Version
    before: str


@dataclass(frozen=True)
class Outcome:
    """What became of a project: `updated` or `failed`, with the reason."""

    target: Target
    outcome: str
    why: str = ""


def choose(
    projects: Sequence[Launched],
    versions: Mapping[str, Sequence[Version]],
    wanted: str | None,
    only: Sequence[str],
) -> tuple[list[Target], list[Launched]]:
    """The projects to bring on, and those that cannot be, since their launch failed.

    Args:
        projects: all of them.
        versions: by product, oldest first.
        wanted: name of a version; None: the newest that is offered.
        only: names of projects; empty: all.

    Raises:
        ProjectUnknownError: there is no project of that name.
        VersionNotOfferedError: no project may be brought to that version.
    """
    unknown = sorted(set(only) - {project.name for project in projects})
    if unknown:
        raise ProjectUnknownError(unknown)
    chosen = [project for project in projects if not only or project.name in only]
    failed = [project for project in chosen if project.status == FAILED]
    targets = [
        _target(project, versions[project.product_id], wanted)
        for project in chosen
        if project.status != FAILED
    ]
    return [target for target in targets if not target.project.is_at(target.version)], failed


def _target(project: Launched, versions: Sequence[Version], wanted: str | None) -> Target:
    offered = [version for version in versions if version.active]
    fitting = [version for version in offered if wanted in (None, version.name)]
    if not fitting:
        raise VersionNotOfferedError(wanted, [version.name for version in offered])
    before = {version.id: version.name for version in versions}
    return Target(project, fitting[-1], before.get(project.version_id, project.version_id))


def roll_out(
    targets: Sequence[Target],
    update: Callable[[Launched, Version], None],
    tell: Callable[[Outcome], None],
    stop: Callable[[], None],
) -> list[Outcome]:
    """Bring projects on; returns what became of those that were begun.

    Args:
        targets: in the order in which they are begun.
        update: does it; called by several threads.
        tell: hears of each end.
        stop: lets updates return soon, which somebody does not want to wait for.
    """
    done: list[Outcome] = []

    def ended(outcome: Outcome) -> bool:
        done.append(outcome)
        tell(outcome)
        return outcome.outcome == "updated"

    if not targets or not ended(_attempt(targets[0], update)):
        return done
    waiting = list(targets[1:])
    under_way: set[Future[Outcome]] = set()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        try:
            while waiting or under_way:
                while waiting and len(under_way) < SIDE_BY_SIDE:
                    under_way.add(threads.submit(_attempt, waiting.pop(0), update))
                over, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                ends = [ended(future.result()) for future in over]
                if not all(ends):
                    waiting = []
        except KeyboardInterrupt:
            stop()
            raise
    return done


def _attempt(target: Target, update: Callable[[Launched, Version], None]) -> Outcome:
    try:
        update(target.project, target.version)
    except ReleaseFailedError as error:
        return Outcome(target, "failed", str(error))
    except ClientError as error:
        return Outcome(target, "failed", _refusal(error))
    except BotoCoreError as error:
        return Outcome(target, "failed", describe(error))
    return Outcome(target, "updated")


def _refusal(error: ClientError) -> str:
    """What AWS said; Service Catalog calls missing what somebody has no launch path to."""
    if error.response.get("Error", {}).get("Code") != "ResourceNotFoundException":
        return describe(error)
    return f"{describe(error)}; whoever updates must be among the principals of the portfolio"
