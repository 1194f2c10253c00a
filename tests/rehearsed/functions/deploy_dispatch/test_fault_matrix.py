"""Whatever fails while a version is deployed: nothing is lost, and nothing happens twice.

The first play meets every fault at every request; the others meet a part, and all in the proof.
"""

import json
import logging
import os
import random
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.rehearsed.functions.deploy_dispatch.fault_matrix import (
    Case,
    Row,
    cases,
    kind_of,
    run_case,
    run_matrix,
)
from tests.rehearsed.functions.deploy_dispatch.scenarios import PLAYS, Play, approve
from tests.rehearsed.functions.deploy_dispatch.turns import Turns
from tests.rehearsed.functions.deploy_dispatch.world import (
    LAUNCH_TOKEN,
    DispatchWorld,
    open_world,
)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """Play; with DISPATCH_MATRIX_ROWS, the rows go into that file too."""
    folder = tmp_path_factory.mktemp("matrix")
    rows = run_matrix(folder / "all", plays=[approve])
    rows += run_matrix(folder / "part", plays=PLAYS[1:], every=12)
    if place := os.environ.get("DISPATCH_MATRIX_ROWS"):
        Path(place).write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
    return rows


@pytest.mark.tier("test")
@pytest.mark.parametrize("kind", dict.fromkeys(map(kind_of, cases())))
def test_no_event_is_lost_and_none_deploys_twice(rows: list[Row], kind: str) -> None:
    played = [row for row in rows if kind_of(row) == kind]
    assert played
    assert [row for row in played if row.double or row.lost] == []


@pytest.mark.tier("test")
def test_the_matrix_hits_what_it_names(rows: list[Row]) -> None:
    first = [row for row in rows if row.play == "approve" and row.fault != "none"]
    missed = {row.request for row in first if not row.hits}
    assert missed == set()
    assert len(first) == len(list(cases())) - 1


@pytest.mark.tier("test")
def test_events_that_fail_for_long_wait_in_the_queue(rows: list[Row]) -> None:
    lasting = [row for row in rows if row.request == "GetSecretValue" and "lasting" in row.fault]
    assert {row.queued for row in lasting if row.play == "approve"} == {1}


@pytest.mark.proof("matrices")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("play", PLAYS[1:], ids=lambda play: play.__name__)
def test_every_play_meets_every_fault(play: Play, tmp_path: Path) -> None:
    rows = run_matrix(tmp_path / "all", plays=[play])
    assert len(rows) == len(list(cases()))
    assert [row for row in rows if row.double or row.lost] == []


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("play", "least", "most"),
    [
        ("approve", 1, 1),
        ("approve_event_twice", 1, 1),
        ("approve_two_events", 1, 1),
        ("change_of_mind", 1, 2),
        ("rejection", 0, 1),
        ("second_approval", 2, 2),
        ("edits", 1, 1),
        ("foreign_group", 0, 0),
    ],
)
def test_without_faults_each_approval_is_deployed(
    world: DispatchWorld, play: str, least: int, most: int, seed: int
) -> None:
    found = next(item for item in PLAYS if item.__name__ == play)
    row = run_case(world, found, Case("none", "none"), seed)
    assert least <= row.runs <= most
    assert (row.queued, world.errors) == (0, [])


@pytest.mark.parametrize("seed", range(20))
def test_many_duplicates_at_once_deploy_once(world: DispatchWorld, seed: int) -> None:
    world.github.validate = False
    world.turns = Turns(world.github.clock, seed)
    arn = world.new_version()
    event = world.decide(arn, "Approved")
    for number in range(6):
        world.deliver(event if number % 2 else world.event(arn))
    world.turns.run()
    assert world.runs(arn) == 1


def test_a_redriven_event_is_the_event_that_failed(world: DispatchWorld) -> None:
    arn = world.new_version()
    event = world.decide(arn, "Approved")
    (secret,) = world.aws.secrets.items()
    world.aws.secrets.clear()
    world.deliver(event)
    world.turns.run()
    assert [record["requestPayload"] for record in world.queue] == [event]
    world.aws.secrets.update([secret])
    assert (world.redrive(), world.runs(arn), world.queue) == (1, 1, [])


def test_chance_is_repeatable(tmp_path: Path) -> None:
    rows = []
    for name in ("one", "two"):
        with open_world(tmp_path / name) as world:
            rows.append(run_case(world, random.Random(1).choice(PLAYS), Case("none", "none"), 7))
    assert rows[0] == rows[1]


def test_no_token_is_logged_whatever_fails(
    world: DispatchWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world.github.validate = False
    caplog.set_level(logging.DEBUG)
    for case in list(cases())[::9]:
        run_case(world, approve, case, seed=1)
    assert "no usable answer" in caplog.text
    assert LAUNCH_TOKEN.token not in caplog.text
