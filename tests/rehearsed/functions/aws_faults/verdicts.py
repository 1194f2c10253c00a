"""What an operation with a fault of AWS came to: whole, clean or bad."""

from typing import Any

from tests.rehearsed.functions.aws_faults.faulty_aws import DEATHS, PASSING, Call, number
from tests.rehearsed.functions.aws_faults.resources import OPERATIONS, Operation, Play
from tests.unit.functions.fake_aws import AwsFault

WHOLE, CLEAN = "whole", "clean"
# A kind, and whether it lasts until somebody acts.
FAULTS = (
    *((kind, False) for kind in (*PASSING, *DEATHS)),
    *((kind, True) for kind in (*PASSING, "key disabled", "denied")),
)


def calls_of(name: str) -> list[Call]:
    """Return the calls that an operation makes when nothing goes wrong."""
    play = Play(OPERATIONS[name])
    assert play.run()["Status"] == "SUCCESS"
    return number(play.aws.calls)


def judge(name: str, call: Call, kind: str, *, lasts: bool) -> str:
    """Let one call go wrong; return `whole`, `clean`, or what is bad.

    Whole: it is done as if nothing had happened. Clean: it fails in one sentence, and doing it
    again, once the fault is over, comes to the same.
    """
    operation = OPERATIONS[name]
    done = Play(operation)
    done.run()
    play = Play(operation)
    play.aws.faults.append(AwsFault(call.operation, kind, nth=call.nth, times=0 if lasts else 1))
    answer = play.run()
    if play.longest_seconds > operation.function_seconds:
        return f"Lambda ended it after {play.longest_seconds:.0f} s"
    if not play.aws.faults[0].hits:
        return "nothing was hit"
    if answer.get("Status") == "SUCCESS":
        return WHOLE if play.state() == done.state() else f"{play.state()} is not {done.state()}"
    return _judge_failure(operation, play, done, answer)


def _judge_failure(operation: Operation, play: Play, done: Play, answer: dict[str, Any]) -> str:
    said = str(answer.get("Reason"))
    if not is_one_sentence(said):
        return f"it is told badly: {said}"
    play.aws.faults.clear()
    again = play.run()
    if again.get("Status") != "SUCCESS" or play.state() != done.state():
        return f"doing it again came to {again} with {play.state()}, not {done.state()}"
    return CLEAN


def is_one_sentence(said: str) -> bool:
    """Tell whether a reason is one sentence with a cause and, after a semicolon, a remedy."""
    is_told = said.endswith(".") and "; " in said and "unexpectedly" not in said
    return is_told and said.count(". ") == 0 and "\n" not in said
