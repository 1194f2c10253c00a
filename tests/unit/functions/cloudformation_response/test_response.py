"""Behaviour of the answer to CloudFormation."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import urllib3

from cloudformation_response.properties import PropertyError
from cloudformation_response.response import (
    AnswerLaterError,
    Outcome,
    PhysicalId,
    RepeatRequestError,
    ResponseNotDeliveredError,
    reserve_seconds,
    respond,
)
from invocation.deadline import AWS_CALL_SECONDS, Deadline
from invocation.http_pool import HttpPool
from tests.unit.functions.invocation_fakes import (
    FakeContext,
    FakeTime,
    World,
    custom_resource_event,
)


def answer(
    world: World,
    reason: str = "",
    value: str = "x",
    *,
    work: Callable[[PhysicalId], Outcome] | None = None,
    expected: tuple[type[Exception], ...] = (),
    http: HttpPool | None = None,
    **more: str,
) -> None:
    """Answer a request, if nothing else is said with these words and this attribute."""
    respond(
        custom_resource_event("Create", "Custom::Thing", {}, **more),
        FakeContext(),
        work or (lambda _: Outcome({"Value": value}, reason)),
        first_id="thing",
        expected=expected,
        http=http or world,
        deadline=Deadline(world.time.now + 100, world.time.clock, world.time.sleep),
    )


def test_the_request_is_named_in_the_answer(world: World) -> None:
    answer(world)
    assert world.answers[-1] == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "thing",
        "StackId": custom_resource_event("Create", "x", {})["StackId"],
        "RequestId": "6f3c",
        "LogicalResourceId": "Thing",
        "NoEcho": False,
        "Data": {"Value": "x"},
    }


def test_a_known_physical_id_stays(world: World) -> None:
    answer(world, PhysicalResourceId="known")
    assert world.answers[-1]["PhysicalResourceId"] == "known"


@pytest.mark.parametrize("character", ["x", "ü", '"', "\n", "🙂"])
def test_a_long_reason_is_trimmed_to_cloudformations_limit(world: World, character: str) -> None:
    answer(world, reason=f"begins {character * 9000}")
    reason = world.answers[-1]["Reason"]  # the world itself checks the length of the body
    assert reason.startswith("begins ")
    assert reason.endswith("…")
    assert len(reason) > 200


def test_an_answer_is_sent_again_until_it_is_taken(world: World) -> None:
    world.put_statuses = [503, 500] * 2 + [503]
    answer(world)
    assert len(world.answers) == 1


def test_an_answer_that_is_never_taken_is_raised_without_its_address(world: World) -> None:
    world.put_statuses = [503] * 5 + [403]
    with pytest.raises(ResponseNotDeliveredError, match="status 403") as caught:
        answer(world)
    assert "Signature" not in str(caught.value)


@dataclass
class _SilentEar:
    """CloudFormation's ear that hears nothing; each try lasts as long as it may."""

    time: FakeTime
    tries: int = 0

    def request(self, method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        """Let the time of one try pass."""
        self.tries += 1
        self.time.now += options["timeout"].total
        raise urllib3.exceptions.ReadTimeoutError(urllib3.HTTPSConnectionPool("x"), url, "silent")


def test_all_tries_of_an_answer_take_the_time_that_is_kept_for_it(world: World) -> None:
    ear, began = _SilentEar(world.time), world.time.now
    with pytest.raises(ResponseNotDeliveredError, match=r"\(ReadTimeoutError\)") as caught:
        answer(world, http=ear)
    assert "Signature" not in str(caught.value)
    kept = reserve_seconds(FakeContext(900)) - AWS_CALL_SECONDS
    assert kept - 1 < world.time.now - began <= kept
    assert ear.tries > 1


@pytest.mark.parametrize("left_seconds", [10.0, 60.0, 200.0])
def test_a_function_that_has_little_time_keeps_half_of_it(left_seconds: float) -> None:
    assert reserve_seconds(FakeContext(left_seconds)) == left_seconds / 2


def test_a_reason_is_trimmed_only_if_the_answer_does_not_fit(world: World) -> None:
    for length in range(3700, 4000):
        answer(world, reason="x" * length)
        fits = len(json.dumps({**world.answers[-1], "Reason": "x" * length})) <= 4096
        assert (world.answers[-1]["Reason"] == "x" * length) == fits, length
    longest = max(len(json.dumps(told)) for told in world.answers)
    shortest = min(len(json.dumps(told)) for told in world.answers if "…" in told["Reason"])
    assert (longest, shortest > 4096 - 24) == (4096, True)


def _fail(error: Exception) -> Callable[[PhysicalId], Outcome]:
    def work(physical_id: PhysicalId) -> Outcome:
        physical_id.value = "made"
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PropertyError("Owner", "is missing"), str(PropertyError("Owner", "is missing"))),
        (
            KeyError("do-not-show-me"),
            "The function failed unexpectedly with KeyError; read the log group "
            "/aws/lambda/function at request request-1 and try again.",
        ),
    ],
)
def test_a_failure_is_answered_with_what_was_made_before(
    world: World, error: Exception, reason: str
) -> None:
    answer(world, work=_fail(error), expected=(PropertyError,))
    told = world.answers[-1]
    assert (told["Status"], told["Reason"]) == ("FAILED", reason)
    assert (told["PhysicalResourceId"], told["Data"]) == ("made", {})


def test_what_another_invocation_answers_is_not_answered(world: World) -> None:
    answer(world, work=_fail(AnswerLaterError()))
    assert world.answers == []


def test_what_nobody_may_have_answered_is_raised_for_lambda(world: World) -> None:
    with pytest.raises(RepeatRequestError):
        answer(world, work=_fail(RepeatRequestError("lost")))
    assert world.answers == []
