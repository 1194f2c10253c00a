"""Each request of a dispatch meets each fault; the outcome of each case is a row.

`run_matrix` plays it; the test asks for no row with a loss or a double, `make bench` prints it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.github.core.faults import FAULT_KINDS, FaultWish
from tests.rehearsed.functions.deploy_dispatch.scenarios import PLAYS, Play
from tests.rehearsed.functions.deploy_dispatch.turns import Turns
from tests.rehearsed.functions.deploy_dispatch.world import DispatchWorld, open_world
from tests.unit.functions.fake_aws import AwsFault

AGENT = "mlops-sm-project-template"
DISPATCH = "/dispatches$"
LIST_RUNS = "/runs"
AWS_FAULTS = ("throttled", "failing", "lost", "kill", "kill-after")
# How often an invocation that starts a deployment calls each operation.
AWS_CALLS = {
    "GetParameter": 1,
    "DescribeModelPackage": 2,
    "ListModelPackages": 2,
    "GetItem": 7,
    "PutItem": 5,
    "UpdateModelPackage": 1,
    "GetSecretValue": 1,
    "UpdateItem": 1,
}
_MAX_REDRIVES = 3
_LASTING = ", lasting"
_CASES_A_WORLD = 10  # lists of runs grow with each case, and with them the time to read them


@dataclass(frozen=True)
class Case:
    """Faults of one play; `times` 0 means that they last until somebody redrives.

    Args:
        request: which request is hit, for the table.
        fault: what hits it, for the table.
        github: faults of GitHub.
        aws: operation, kind, nth and times of a fault of AWS.
    """

    request: str
    fault: str
    github: tuple[FaultWish, ...] = ()
    aws: tuple[str, str, int, int] | None = None


@dataclass(frozen=True)
class Row:
    """What became of the events of one case."""

    play: str
    request: str
    fault: str
    seed: int
    hits: int
    events: int
    approvals: int
    runs: int
    queued: int
    double: int
    lost: int


def kind_of(played: Case | Row) -> str:
    """Return the kind of fault, lasting or not; those of AWS and GitHub share some names."""
    kind = played.fault.removesuffix(_LASTING)
    return f"AWS {kind}" if played.request.split()[0] in AWS_CALLS else kind


def cases() -> Iterator[Case]:
    """Yield no fault, each fault of each request, and what lasts until a redrive."""
    yield Case("none", "none")
    for operation, calls in AWS_CALLS.items():
        for kind in AWS_FAULTS:
            for nth in range(1, calls + 1):
                yield Case(f"{operation} {nth}", kind, aws=(operation, kind, nth, 1))
            yield Case(operation, kind + _LASTING, aws=(operation, kind, 1, 0))
    for kind in FAULT_KINDS:
        yield Case("POST dispatches", kind, (_wish(kind, "POST", DISPATCH),))
        yield Case("POST dispatches", kind + _LASTING, (_wish(kind, "POST", DISPATCH, times=0),))
        for before in ("reset", "reset-after", "kill", "kill-after"):
            faults = (_wish(before, "POST", DISPATCH), _wish(kind, "GET", LIST_RUNS))
            yield Case(f"GET runs after {before}", kind, faults)
        lasting = (_wish("lost", "POST", DISPATCH), _wish(kind, "GET", LIST_RUNS, times=0))
        yield Case("GET runs after lost", kind + _LASTING, lasting)


def run_matrix(
    folder: Path, *, plays: Sequence[Play] = PLAYS, every: int = 1, seeds: int = 1
) -> list[Row]:
    """Play cases in an empty folder; all of them unless told otherwise.

    Args:
        folder: for the git data of the local GitHub.
        plays: what people do.
        every: leave out all but every so-manieth case, other ones for each play.
        seeds: how many orders of events and turns each case is played in.
    """
    rows: list[Row] = []
    for number, play in enumerate(plays):
        for seed in range(seeds):
            chosen = [(play, case, seed) for case in list(cases())[number % every :: every]]
            for start in range(0, len(chosen), _CASES_A_WORLD):
                with open_world(folder / f"{play.__name__}-{seed}-{start}") as world:
                    few = chosen[start : start + _CASES_A_WORLD]
                    rows += [run_case(world, *case) for case in few]
    return rows


def run_case(world: DispatchWorld, play: Play, case: Case, seed: int) -> Row:
    """Play one case in a world that may have seen others."""
    number = len(world.aws.versions)
    world.turns = Turns(world.github.clock, seed=seed * 100_000 + number)
    story = play(world, random.Random(seed * 100_000 + number))
    github = [world.github.faults.add(wish) for wish in case.github]
    if case.aws is not None:
        operation, kind, nth, times = case.aws
        world.aws.faults.append(AwsFault(operation, kind, nth, times))
    world.turns.run()
    hits = sum(fault.hits for fault in [*github, *world.aws.faults])
    world.github.faults.clear()
    world.aws.faults.clear()
    queued = len(world.queue)
    for _ in range(_MAX_REDRIVES):
        if world.queue:
            world.redrive()
    runs = world.runs(story.version)
    due = max(story.is_approved, 0 if queued else story.due)
    return Row(
        play=play.__name__,
        request=case.request,
        fault=case.fault,
        seed=seed,
        hits=hits,
        events=story.events,
        approvals=story.approvals,
        runs=runs,
        queued=queued,
        double=max(0, runs - story.approvals),
        lost=max(0, due - runs) + len(world.queue),
    )


def _wish(kind: str, method: str, path: str, *, times: int = 1) -> FaultWish:
    return FaultWish.model_validate(
        {"fault": kind, "method": method, "path": path, "agent": AGENT, "times": times}
    )
