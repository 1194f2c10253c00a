"""The kinds of steps that are drawn: how often, when, and with what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from rehearsal.github.core.faults import FAULT_KINDS
from tests.rehearsed.functions.deploy_dispatch.played_project import PlayedProject
from tests.rehearsed.functions.deploy_dispatch.played_runs import (
    CANCELLED,
    DEPLOYED,
    FAILED,
    KILLED,
    QUEUED,
    ROLLED_BACK,
    RUNNING,
    WAITING,
)

PEOPLE = ("user/anna", "user/bert", "assumed-role/Reviewers/carla")
LISTS = (
    {"dev": "automatic", "prod": "registry"},
    {"dev": "automatic", "staging": "automatic", "prod": "automatic"},
    {"dev": "automatic", "staging": "automatic", "prod": "registry"},
    {"dev": "automatic", "staging": "registry", "prod": "environment"},
    {"dev": "environment"},
)
AWS_CALLS = (
    "GetParameter",
    "GetSecretValue",
    "DescribeModelPackage",
    "ListModelPackages",
    "UpdateModelPackage",
    "GetItem",
    "PutItem",
    "UpdateItem",
    "Publish",
    "PutMetricData",
    "Invoke",
)
AWS_KINDS = ("throttled", "failing", "lost", "kill", "kill-after")
FORGERIES = ("another version", "another stage's run", "no run", "no attempt", "again")


_places = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7])
_people = st.sampled_from(PEOPLE)
_stages = st.sampled_from(["dev", "staging", "prod"])
_later_stages = st.sampled_from(["prod", "prod", "staging"])
_nth = st.integers(min_value=1, max_value=6)
_times = st.sampled_from([1, 1, 1, 3, 0])
_skews = st.sampled_from([0.0, 0.0, 10_800.0, -10_800.0])
_waits = st.sampled_from([5.0, 5.0, 30.0, 90.0, 300.0, 700.0, 1_000.0, 4_000.0, 90_000.0])
_decisions = st.sampled_from(
    [
        ["Rejected"],
        ["Rejected"],
        ["Approved"],
        ["Rejected", "Approved"],
        ["Approved", "Rejected"],
        ["Rejected", "Approved", "Rejected"],
    ]
)
_wishes = st.sampled_from([DEPLOYED] * 8 + [FAILED, ROLLED_BACK, CANCELLED, KILLED])
_seldom = st.sampled_from([False] * 7 + [True])


def _always(project: PlayedProject) -> bool:
    return True


def _has_versions(project: PlayedProject) -> bool:
    return bool(project.versions)


def _has_events(project: PlayedProject) -> bool:
    return bool(project.events)


def _has_runs(project: PlayedProject) -> bool:
    return bool(project.runs.attempts)


def _has_queue(project: PlayedProject) -> bool:
    return bool(project.world.queue)


def _has_active(project: PlayedProject) -> bool:
    return bool(project.runs.active())


def _has(*states: str) -> Callable[[PlayedProject], bool]:
    return lambda project: any(run.state in states for run in project.runs.active())


@dataclass(frozen=True)
class Kind:
    """A kind of step.

    Args:
        name: of the step.
        weight: how often it is drawn, compared with others.
        is_possible: whether it has anything to do.
        drawn: what is drawn for it.
    """

    name: str
    weight: int
    is_possible: Callable[[PlayedProject], bool]
    drawn: dict[str, st.SearchStrategy[Any]]

    @property
    def arguments(self) -> st.SearchStrategy[dict[str, Any]]:
        """What it is given."""
        return st.fixed_dictionaries(self.drawn)


KINDS = (
    Kind("register", 4, _always, {"is_forged": st.booleans(), "by": _people}),
    Kind("decide", 4, _has_versions, {"place": _places, "statuses": _decisions, "by": _people}),
    Kind("approve_as_role", 1, _has_versions, {"place": _places}),
    Kind("open_gate", 1, _has_versions, {"place": _places, "stage": _later_stages, "by": _people}),
    Kind("open_asked_gate", 5, _has_versions, {"place": _places, "by": _people}),
    Kind("reject_live", 2, _has_runs, {"place": _places, "by": _people}),
    Kind("delete_version", 1, _has_versions, {"place": _places}),
    Kind("list_stages", 1, _always, {"listed": st.sampled_from(LISTS)}),
    Kind(
        "deploy_by_hand",
        2,
        _has_versions,
        {"place": _places, "stage": _stages, "is_named": st.booleans()},
    ),
    Kind("remove_by_hand", 1, _has_runs, {"stage": _stages}),
    Kind("look_by_hand", 1, _has_runs, {"stage": _stages}),
    Kind("cancel", 1, _has(QUEUED, WAITING), {"place": _places}),
    Kind("run_again", 2, _has_runs, {"place": _places}),
    Kind("delete_run", 1, _has_runs, {"place": _places}),
    Kind("pass_on", 8, _has_active, {"place": _places}),
    Kind("begin", 12, _has(QUEUED), {"place": _places}),
    Kind("never_begin", 1, _has(QUEUED), {"place": _places}),
    Kind("review", 6, _has(WAITING), {"place": _places, "is_approved": st.booleans()}),
    Kind(
        "end",
        14,
        _has(RUNNING),
        {
            "place": _places,
            "wish": _wishes,
            "is_left": st.booleans(),
            "is_told": st.booleans(),
            "skew": _skews,
            "is_lost": _seldom,
        },
    ),
    Kind(
        "forge_report",
        1,
        _has_runs,
        {
            "place": _places,
            "what": st.sampled_from(FORGERIES),
            "stage": _stages,
            "serves": _places,
        },
    ),
    Kind("deliver", 16, _has_events, {"place": _places, "is_kept": _seldom}),
    Kind(
        "deliver_together",
        3,
        _has_events,
        {
            "places": st.lists(_places, min_size=2, max_size=3),
            "seed": st.integers(min_value=0, max_value=99),
        },
    ),
    Kind(
        "deliver_amid",
        4,
        _has_events,
        {
            "place": _places,
            "calls": st.integers(min_value=0, max_value=25),
            "act": st.sampled_from(["Approved", "Rejected", "Rejected", "begin", "begin"]),
            "version": _places,
        },
    ),
    Kind("lose", 1, _has_events, {"place": _places}),
    Kind("redrive", 2, _has_queue, {}),
    Kind("wait", 6, _always, {"seconds": _waits}),
    Kind(
        "break_github",
        1,
        _always,
        {
            "kind": st.sampled_from(FAULT_KINDS),
            "method": st.sampled_from(["GET", "POST"]),
            "nth": _nth,
            "times": _times,
        },
    ),
    Kind(
        "break_aws",
        1,
        _always,
        {
            "operation": st.sampled_from(AWS_CALLS),
            "kind": st.sampled_from(AWS_KINDS),
            "nth": _nth,
            "times": _times,
        },
    ),
    Kind("mend", 8, lambda project: project.has_outage(), {}),
)
