"""What happens when the time of one invocation does not suffice."""

import pytest

from tests.rehearsed.functions.repository_requests import NAME, names, run
from tests.rehearsed.functions.repository_world import RepositoryWorld
from tests.unit.functions.fake_aws import AwsFault
from tests.unit.functions.invocation_fakes import client_error


def limit(world: RepositoryWorld, seconds: int, times: int = 1) -> None:
    """Let GitHub ask for a long wait before the repository is made."""
    world.github.faults.add(
        "403", method="POST", path="/user/repos$", retry_after=seconds, times=times
    )


@pytest.mark.parametrize(("seconds", "hand_overs"), [(30, 0), (120, 1)])
def test_a_wait_that_fits_is_waited_for(
    world: RepositoryWorld, seconds: int, hand_overs: int
) -> None:
    limit(world, seconds)
    assert run(world, "Create")["Status"] == "SUCCESS"
    assert len(world.handed_over) == hand_overs


def test_a_wait_that_does_not_fit_is_left_to_a_fresh_invocation(world: RepositoryWorld) -> None:
    limit(world, 1200)
    began = world.github.clock.seconds()
    assert run(world, "Create")["Status"] == "SUCCESS"
    assert len(world.answers) == 1
    assert names(world) == {NAME}
    assert world.github.clock.seconds() >= began + 1200
    assert [event["HandOver"]["count"] for event in world.handed_over] == [1, 2]


def test_an_endless_wait_is_given_up_before_cloudformation_gives_up(
    world: RepositoryWorld,
) -> None:
    limit(world, 600, times=0)
    began = world.github.clock.seconds()
    answer = run(world, "Create")
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("GitHub's rate limit asks for a wait of 600 seconds")
    assert world.github.clock.seconds() <= began + 3600
    assert names(world) == set()


def test_hand_overs_are_counted(world: RepositoryWorld) -> None:
    limit(world, 60, times=0)
    answer = run(world, "Create", seconds=180)
    assert answer["Status"] == "FAILED"
    assert [event["HandOver"]["count"] for event in world.handed_over] == [1, 2, 3, 4, 5]


def test_no_invocation_works_on_after_the_request_is_given_up(world: RepositoryWorld) -> None:
    limit(world, 1200, times=0)
    run(world, "Create")
    began_at = {event["HandOver"]["began_at"] for event in world.handed_over}
    assert began_at == {world.began_at}
    assert world.github.clock.seconds() <= world.began_at + 3300


@pytest.mark.parametrize("code", ["AccessDeniedException", "TooManyRequestsException"])
def test_where_no_fresh_invocation_starts_the_request_fails_with_the_reason(
    world: RepositoryWorld, code: str
) -> None:
    world.aws.errors["invoke"] = client_error("Invoke", code)
    limit(world, 1200)
    answer = run(world, "Create")
    assert answer["Status"] == "FAILED"
    assert "asks for a wait of 1200 seconds" in answer["Reason"]
    assert "try again after" in answer["Reason"]


@pytest.mark.parametrize("times", [1, 0])
@pytest.mark.parametrize("kind", ["throttled", "failing", "silent", "lost", "denied"])
def test_a_hand_over_that_goes_wrong_leaves_no_request_unanswered(
    world: RepositoryWorld, kind: str, times: int
) -> None:
    world.aws.faults.append(AwsFault("Invoke", kind, times=times))
    limit(world, 1200)
    answer = run(world, "Create")
    assert {each["Status"] for each in world.answers} == {answer["Status"]}
    if times or kind == "lost":
        assert answer["Status"] == "SUCCESS"
        assert names(world) == {NAME}
    else:
        assert "asks for a wait of 1200 seconds" in answer["Reason"] or kind == "silent"
    assert max(world.waits) < 3600
