"""GitHub is away for minutes or hours while a project is launched or deleted."""

import math
from collections.abc import Iterator

import pytest

from tests.rehearsed.functions.fault_matrix.matrix import OPERATIONS, Matrix, open_matrix
from tests.rehearsed.functions.outages import KINDS, Outage
from tests.rehearsed.functions.project_stack import ProjectStack
from tests.rehearsed.functions.repository_world import RepositoryWorld

pytestmark = pytest.mark.tier("test")
CLOUDFORMATION_WAITS_SECONDS = 3600
MINUTE_SECONDS = 60.0


@pytest.fixture(scope="module")
def matrix() -> Iterator[Matrix]:
    """A GitHub whose clean runs are known."""
    with open_matrix(Matrix) as opened:
        yield opened


@pytest.fixture
def world(matrix: Matrix) -> Iterator[RepositoryWorld]:
    """The world of the matrix; its outage ends with the test."""
    world = matrix.world
    world.waits.clear()
    yield world
    world.outage = None


def _begin(world: RepositoryWorld, kind: str, minutes: float, nth: int) -> None:
    world.outage = Outage(kind, minutes * MINUTE_SECONDS, nth)


@pytest.mark.parametrize("nth", [1, 4, 9])
@pytest.mark.parametrize("minutes", [1, 10, 50])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", ["launch", "archive", "delete"])
def test_what_an_outage_interrupts_ends_whole(
    matrix: Matrix, world: RepositoryWorld, operation: str, kind: str, minutes: int, nth: int
) -> None:
    chosen = OPERATIONS[operation]
    nth = min(nth, matrix.number_of_requests(chosen))
    stack = matrix.project(chosen)
    _begin(world, kind, minutes, nth)
    assert chosen.run(stack), stack.reasons
    assert world.outage is not None
    assert world.outage.seen >= nth
    assert matrix.state(stack) == matrix.done(chosen)
    assert max(world.waits) < CLOUDFORMATION_WAITS_SECONDS
    matrix.forget(stack)


@pytest.mark.parametrize("nth", [1, 9])
@pytest.mark.parametrize("kind", KINDS)
def test_two_hours_fail_a_launch_with_one_sentence_and_deleting_again_finishes(
    matrix: Matrix, world: RepositoryWorld, kind: str, nth: int
) -> None:
    stack = matrix.project(OPERATIONS["launch"])
    _begin(world, kind, 120, nth)
    assert not stack.create()
    said = _first_failure(stack)
    assert said.startswith("GitHub at github.test gave no usable answer")
    assert said.endswith("and GitHub's status page, and try again.")
    assert max(world.waits) < CLOUDFORMATION_WAITS_SECONDS
    _delete_to_the_end(world, stack)
    assert all(found.archived for found in matrix.state(stack).repositories)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", ["archive", "delete"])
def test_two_hours_fail_a_deletion_with_one_sentence_and_deleting_again_finishes(
    matrix: Matrix, world: RepositoryWorld, operation: str, kind: str
) -> None:
    chosen = OPERATIONS[operation]
    stack = matrix.project(chosen)
    _begin(world, kind, 120, 2)
    assert not stack.delete()
    assert _first_failure(stack).endswith("and GitHub's status page, and try again.")
    assert max(world.waits) < CLOUDFORMATION_WAITS_SECONDS
    _delete_to_the_end(world, stack)
    assert matrix.state(stack) == matrix.done(chosen)


@pytest.mark.parametrize("died_after", [70, 700, 1500])
@pytest.mark.parametrize("minutes", [40, 120])
def test_an_hour_is_counted_from_the_first_request_although_an_invocation_dies_at_its_limit(
    matrix: Matrix, world: RepositoryWorld, minutes: int, died_after: int
) -> None:
    stack = matrix.project(OPERATIONS["launch"])
    world.outage = Outage("503", minutes * MINUTE_SECONDS, death_after=died_after)
    assert stack.create() == (minutes < 60)
    assert world.outage.death_after == math.inf, "nothing died"
    assert max(world.waits) < CLOUDFORMATION_WAITS_SECONDS
    world.outage = None
    assert stack.delete()


def test_an_address_that_is_not_githubs_is_told_at_once(
    matrix: Matrix, world: RepositoryWorld
) -> None:
    stack = matrix.project(OPERATIONS["launch"])
    _begin(world, "not JSON", 120, 1)
    assert not stack.create()
    assert "its answer is not JSON" in _first_failure(stack)
    assert max(world.waits) < 2 * MINUTE_SECONDS


def _delete_to_the_end(world: RepositoryWorld, stack: ProjectStack) -> None:
    assert world.outage is not None
    while not stack.delete():
        assert world.github.clock.seconds() < world.outage.ends_at, stack.reasons
    assert stack.status == "DELETE_COMPLETE"


def _first_failure(stack: ProjectStack) -> str:
    return next(said.partition(" FAILED ")[2] for said in stack.reasons if " FAILED " in said)
