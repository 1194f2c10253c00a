"""The table of a fault matrix: what was injected, and how each trial ended."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class TrialResult:
    """One fault at one request.

    Attributes:
        request: as people read it.
        injected: whether the fault hit a request at all.
        outcome: `converged`, `rolled back` or `half done`.
        problems: what made it half done: what was left, or what was missing.
        succeeds_again: whether asking again succeeded; None when there was no need.
    """

    operation: str
    request: str
    fault: str
    injected: bool
    outcome: str
    reason: str
    problems: list[str]
    succeeds_again: bool | None
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether the operation was whole or taken back, and could be asked for again."""
        return self.outcome != "half done" and self.succeeds_again is not False


@dataclass(frozen=True)
class Row:
    """All trials of one operation with one kind of fault.

    Attributes:
        orphans: trials after which something was left, missing or could not be repeated.
    """

    operation: str
    fault: str
    injected: int
    converged: int
    rolled_back: int
    orphans: int


def sum_up(results: Iterable[TrialResult]) -> list[Row]:
    """Count the trials whose fault was injected, by operation and fault."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for result in results:
        count = counts.setdefault((result.operation, result.fault), Counter())
        if result.injected:
            count["injected"] += 1
            count[result.outcome if result.is_good else "bad"] += 1
    return [
        Row(*key, count["injected"], count["converged"], count["rolled back"], count["bad"])
        for key, count in counts.items()
    ]
