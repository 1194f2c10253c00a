"""One piece of handling that is taken out of the functions, and how the tests on it are named."""

from dataclasses import dataclass

_ALONE, _PLAYED = "unit/functions", "rehearsed/functions"


@dataclass(frozen=True)
class Mutant:
    """One piece of handling that is taken out.

    Args:
        kinds: the kinds of faults that it handles, as the matrices name them; none, if it handles
            something else.
        without: what the functions do then, in a few words.
        file: below `functions`.
        text: what stands there exactly once.
        replacement: what stands there instead.
        red: tests below `tests` that fail then, each of them; where none of its parameters is
            named, one of them is enough.
    """

    kinds: tuple[str, ...]
    without: str
    file: str
    text: str
    replacement: str
    red: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the kinds and what is missing."""
        return ": ".join(filter(None, [", ".join(self.kinds), self.without]))


def row(operation: str, kind: str) -> str:
    """Name a line of the matrix of operations on a project."""
    test = "test_an_operation_is_done_or_taken_back"
    return f"{_PLAYED}/fault_matrix/test_matrix.py::{test}[{operation}-{kind}]"


def dispatched(kind: str) -> str:
    """Name what the matrix of the dispatch shows for a kind."""
    return dispatch("fault_matrix", f"test_no_event_is_lost_and_none_deploys_twice[{kind}]")


def pushed(kind: str) -> str:
    """Name the test of a push that meets a fault."""
    test = "test_a_push_is_done_once_whatever_happens_to_it"
    return f"{_PLAYED}/git_client/test_remote.py::{test}[{kind}]"


def tried(test: str) -> str:
    """Name a test of what is tried again."""
    return client("persistence", test)


def client(file: str, test: str) -> str:
    """Name a test of what asks GitHub."""
    return f"{_ALONE}/github_client/test_{file}.py::{test}"


def dispatch(file: str, test: str) -> str:
    """Name a test of what starts deployments."""
    return f"{_PLAYED}/deploy_dispatch/test_{file}.py::{test}"


def project(file: str, test: str) -> str:
    """Name a test of what is done to a project's repositories."""
    return f"{_PLAYED}/project_repository/test_{file}.py::{test}"
