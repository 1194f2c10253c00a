"""What the rules decided in three rehearsed plays, they decide today: the same steps, of the same.

A rule that is changed on purpose turns this red, and the message shows what it would have done
otherwise. If that is what you want, play anew and record it, for each file of `histories`:

    make rehearse                                      one_stage.jsonl
    make rehearse ARGS="--stages dev,staging,prod"     three_stages.jsonl
    make rehearse ARGS="--scenario reject"             rejection.jsonl

each followed by

    .venv/bin/python -m tests.unit.functions.deploy_dispatch.record_history \
        .rehearsal/logs/aws.log tests/unit/functions/deploy_dispatch/histories/FILE
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy_dispatch.decide import Start, Step, View, decide
from deploy_dispatch.decision_log import as_told, read_view
from deploy_dispatch.order import DEPLOY, REMOVE, RESTORE
from tests.unit.functions.deploy_dispatch.record_history import decisions_in

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.jsonl"))
_LARGEST_BYTES = 100_000


def _lines() -> Iterator[tuple[str, str]]:
    for file in HISTORIES:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{file.stem}:{number}", line


LINES = dict(_lines())


def otherwise(line: str, rules: Callable[[View], Sequence[Step]]) -> str:
    """What rules do otherwise than a recorded decision did; empty if nothing.

    What steps did not tell yet when it was recorded is not compared.
    """
    told = json.loads(line)
    now = json.loads(json.dumps(as_told(rules(read_view(told["view"])))))
    if _told_as_in(told["steps"], now) == told["steps"]:
        return ""
    pages = {"then": told["steps"], "now": now}
    return "\n".join(
        f"{when}: {json.dumps(step, sort_keys=True)}" if steps else f"{when}: nothing"
        for when, steps in pages.items()
        for step in steps or [{}]
    )


def _told_as_in(then: Any, now: Any) -> Any:
    """The same as now, without the members of its parts that those of then lack."""
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [_told_as_in(*pair) for pair in zip(then, now, strict=True)]
    if isinstance(then, dict) and isinstance(now, dict) and then.keys() <= now.keys():
        return {name: _told_as_in(then[name], now[name]) for name in then}
    return now


@pytest.mark.parametrize("place", LINES)
def test_a_decision_of_a_play_is_made_again(place: str) -> None:
    said = otherwise(LINES[place], decide)
    assert not said, (
        f"The rules decide {place} otherwise; if that is meant, record it anew.\n{said}"
    )


def test_a_changed_rule_shows_what_it_would_have_done_otherwise() -> None:
    def never_restores(view: View) -> list[Step]:
        return [step for step in decide(view) if not _is_restoration(step)]

    changed = {
        place: said for place, line in LINES.items() if (said := otherwise(line, never_restores))
    }
    assert {place.partition(":")[0] for place in changed} == {"rejection"}
    for said in changed.values():
        assert '"kind": "restore"' in said.partition("now: ")[0]
        assert "now: nothing" in said


def test_the_histories_hold_each_way_that_a_version_goes() -> None:
    assert [file.stem for file in HISTORIES] == ["one_stage", "rejection", "three_stages"]
    assert all(file.stat().st_size < _LARGEST_BYTES for file in HISTORIES)
    seen = {
        (step["step"], step.get("order", {}).get("kind", ""))
        for line in LINES.values()
        for step in json.loads(line)["steps"]
    }
    assert {("Start", DEPLOY), ("Start", RESTORE), ("AskGate", "")} <= seen
    assert ("Start", REMOVE) not in seen  # no stage of these plays had nothing to go back to


def _is_restoration(step: Step) -> bool:
    return isinstance(step, Start) and step.order.kind == RESTORE


def test_a_log_gives_each_decision_once_in_the_order_in_which_they_were_made() -> None:
    lines = (
        '[INFO]\t2026-11-26T12:00:01.120Z\tone\tdecided {"steps": 2}',
        '[INFO]\t2026-11-26T12:00:01.20Z\ttwo\tdecided {"steps": 1}',
        "[INFO]\t2026-11-26T12:00:02.0Z\ttwo\tevent 5: nobody decided {anything} here",
        '[INFO]\t2026-11-26T12:00:03.0Z\tone\tdecided {"steps": 2}',
    )
    assert decisions_in("\n".join(lines)) == ['{"steps": 1}', '{"steps": 2}']
