"""`docs/mutants.md`: how many mutants the tests notice, and which they do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutation.draw import COUNT, SEED
from mutation.mutant import Mutant
from mutation.outcomes import Outcome
from mutation.survivors import Survivor

PAGE = "docs/mutants.md"
LEAST_KILLED = 0.95
_HEAD = """\
# Mutants

Written by `make mutants`, which puts small faults into `functions/` and into the policies of the
templates, one at a time, and plays the tests of `make test` that can notice it. To see the same
again: `make mutants ARGS=--again`.

{count} of {possible} possible mutants are drawn by the seed {seed}. Those of functions are made by
the operators of mutmut; those of policies drop an action or a condition, widen an action or a
resource, or turn an effect round. A mutant of a line that no test enters counts as survivor. Tests
that play functions in other processes, on the whole stage, are not asked, so the figures are the
least.

{killed} of {drawn} are noticed, {share}; {least} must be. Of the {survived} others {equivalent} are
equivalent: they change nothing that anybody sees. All took {minutes} CPU-minutes.

"""


@dataclass(frozen=True)
class Report:
    """What was played and what it showed.

    Attributes:
        drawn: mutants that were played.
        outcomes: theirs, by mutant.
        listed: entries of `survivors.toml`, by mutant.
        possible: how many mutants there were to draw from.
        problems: what makes the command fail, in sentences.
    """

    drawn: Sequence[Mutant]
    outcomes: Mapping[str, Outcome]
    listed: Mapping[str, Survivor]
    possible: int
    problems: Sequence[str]

    @property
    def survivors(self) -> list[Mutant]:
        """Those that no test noticed."""
        return [one for one in self.drawn if not self.outcomes[one.id].is_killed]

    @property
    def killed(self) -> int:
        """How many a test noticed."""
        return len(self.drawn) - len(self.survivors)

    @property
    def equivalent(self) -> int:
        """How many no test could notice, by their entries."""
        return sum(
            one.id in self.listed and self.listed[one.id].equivalent for one in self.survivors
        )

    @property
    def share(self) -> float:
        """Of all that were drawn, the killed."""
        return self.killed / len(self.drawn) if self.drawn else 1.0

    def summary(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "drawn": len(self.drawn),
            "possible": self.possible,
            "killed": self.killed,
            "survived": len(self.survivors),
            "equivalent": self.equivalent,
            "killed_share": round(self.share, 4),
            "cpu_seconds": round(sum(one.cpu_seconds for one in self.outcomes.values()), 1),
            "problems": list(self.problems),
            "mutants": [
                {
                    "mutant": one.id,
                    "file": one.file,
                    "place": one.place,
                    "change": one.change,
                    **{
                        key: value
                        for key, value in vars(self.outcomes[one.id]).items()
                        if key != "mutant"
                    },
                }
                for one in self.drawn
            ],
        }


def too_few(report: Report) -> list[str]:
    """A sentence if the tests notice fewer than they must."""
    if report.share >= LEAST_KILLED:
        return []
    return [
        f"Tests notice {report.killed} of {len(report.drawn)} mutants, {report.share:.1%}; "
        f"{LEAST_KILLED:.0%} are asked for."
    ]


def page(report: Report) -> str:
    """The page's text."""
    return "\n".join([*_head(report), *_by_folder(report), *_survivors(report)]) + "\n"


def write_page(root: Path, report: Report) -> None:
    """Write `docs/mutants.md`."""
    (root / PAGE).write_text(page(report), encoding="utf-8")


def _head(report: Report) -> list[str]:
    cpu_seconds = sum(one.cpu_seconds for one in report.outcomes.values())
    text = _HEAD.format(
        count=COUNT,
        possible=report.possible,
        seed=SEED,
        killed=report.killed,
        drawn=len(report.drawn),
        share=f"{report.share:.1%}",
        least=f"{LEAST_KILLED:.0%}",
        survived=len(report.survivors),
        equivalent=report.equivalent,
        minutes=f"{cpu_seconds / 60:.0f}",
    )
    return text.splitlines()


def _by_folder(report: Report) -> list[str]:
    rows = [
        "| where | drawn | killed | survived | equivalent |",
        "| --- | --- | --- | --- | --- |",
    ]
    for folder in sorted({_folder(one) for one in report.drawn}):
        here = [one for one in report.drawn if _folder(one) == folder]
        left = [one for one in here if not report.outcomes[one.id].is_killed]
        same = [one for one in left if _entry(report, one) and report.listed[one.id].equivalent]
        counts = (len(here), len(here) - len(left), len(left), len(same))
        rows.append(f"| {folder} | {' | '.join(map(str, counts))} |")
    return [*rows, ""]


def _folder(mutant: Mutant) -> str:
    file = mutant.file
    return f"`{file.rpartition('/')[0]}`" if file.endswith(".py") else _code(file)


def _code(text: str) -> str:
    return f"`{text}`" if "/" in text else text


def _entry(report: Report, mutant: Mutant) -> bool:
    return mutant.id in report.listed


def _survivors(report: Report) -> list[str]:
    if not report.survivors:
        return []
    rows = ["| survivor | where | change | reason |", "| --- | --- | --- | --- |"]
    return ["## Survivors", "", *rows, *map(_row(report), _sorted(report.survivors))]


def _sorted(mutants: Iterable[Mutant]) -> list[Mutant]:
    return sorted(mutants, key=lambda one: (one.file, one.place, one.change))


def _row(report: Report) -> Any:
    def row(mutant: Mutant) -> str:
        change = mutant.change.replace("|", "\\|").replace("`", "'")
        entry = report.listed.get(mutant.id)
        kind = "Equivalent: " if entry and entry.equivalent else ""
        reason = f"{kind}{entry.reason}" if entry else "none yet"
        place = f"{_code(mutant.file)}, {mutant.place}"
        return f"| {mutant.id} | {place} | ``{change}`` | {reason} |"

    return row
