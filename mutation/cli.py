"""The command line: draws mutants, plays what was not played, and says which no test notices."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from mutation import survivors
from mutation.coverage_map import FUNCTIONS, CoverageMap, read_map, record, write_map
from mutation.draw import COUNT, SEED, draw
from mutation.mutant import Mutant, MutationError
from mutation.outcomes import Outcome, OutcomeFile
from mutation.play import Worker, play_all, require_silence
from mutation.policy_documents import read_templates
from mutation.policy_mutants import collect_policies
from mutation.python_mutants import collect_python
from mutation.report import Report, too_few, write_page
from mutation.tree import Digests, TreeCopy, digests_of

ROOT = Path(__file__).resolve().parents[1]
KEPT = ".mutation"
_EXAMPLES = """
\b
Examples:
  make mutants
  make mutants ARGS=--again
  make mutants ARGS="--first 20 --only functions/git_client"
  make mutants ARGS="--only policies --json"
  make mutants ARGS="--mutant 0123456789ab --again"
"""


@click.command(epilog=_EXAMPLES)
@click.option("--again", is_flag=True, help="Play mutants whose outcome is known, too.")
@click.option("--only", default="", metavar="TEXT", help="Of those drawn, mutants of such files.")
@click.option("--mutant", "wanted", multiple=True, metavar="ID", help="Of those drawn, these.")
@click.option("--first", type=click.IntRange(1), metavar="N", help="Of those, the first N.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, metavar="N")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def cli(
    again: bool, only: str, wanted: tuple[str, ...], first: int | None, workers: int, as_json: bool
) -> None:
    """Put small faults into functions and policies, and list those that no test notices.

    500 are drawn by a seed, and each is played against the tests that enter its line. What each
    showed is kept in .mutation at once, so that the next start goes on. docs/mutants.md is written
    when all were played; the command fails if a survivor has no reason in mutation/survivors.toml.
    """
    # A shell makes what runs in its background deaf to interruptions, and all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        report, whole = _play(again, only, wanted, first, workers)
    except MutationError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("error: Interrupted; the next `make mutants` goes on here.")
    if whole:
        write_page(ROOT, report)
    if as_json:
        click.echo(json.dumps(report.summary(), indent=1, ensure_ascii=False))
    tell(report)


def _play(
    again: bool, only: str, wanted: Sequence[str], first: int | None, workers: int
) -> tuple[Report, bool]:
    _say("collecting mutants")
    mutants: list[Mutant] = [*collect_python(ROOT, FUNCTIONS)]
    mutants += collect_policies(read_templates(ROOT))
    drawn = draw(mutants, ROOT, seed=SEED, count=COUNT)
    chosen = [one for one in drawn if only in one.file and (not wanted or one.id in wanted)][:first]
    if not chosen:
        raise MutationError(f"None of the {COUNT} mutants is meant; `--only` is part of a path.")
    digests = digests_of(ROOT)
    outcomes = _outcomes(chosen, digests, again=again, workers=workers)
    listed, whole = survivors.read_survivors(ROOT), len(chosen) == len(drawn)
    problems = survivors.problems_of(listed, chosen, outcomes, whole=whole)
    report = Report(chosen, outcomes, listed, len(mutants), problems)
    if whole:
        report = Report(chosen, outcomes, listed, len(mutants), problems + too_few(report))
    return report, whole


def _outcomes(
    chosen: Sequence[Mutant], digests: Digests, *, again: bool, workers: int
) -> dict[str, Outcome]:
    """Outcomes of the chosen mutants, known ones or new ones."""
    (ROOT / KEPT).mkdir(exist_ok=True)
    file = OutcomeFile(ROOT, ROOT / KEPT / "outcomes.jsonl", digests)
    known = {} if again else file.read()
    outcomes = {one.id: known[one.id] for one in chosen if one.id in known}
    waiting = [one for one in chosen if one.id not in outcomes]
    if not waiting:
        return outcomes
    tests = _tests(digests)
    _say(f"{len(outcomes)} outcomes are known; playing {len(waiting)} mutants")

    def keep(mutant: Mutant, outcome: Outcome) -> None:
        file.add(outcome)
        outcomes[mutant.id] = outcome
        _say(f"[{len(outcomes)}/{len(chosen)}] {_line(mutant, outcome)}")

    with _workers(min(workers, len(waiting))) as players:
        require_silence(players[0], waiting, tests)
        play_all(waiting, tests, players, keep)
    return outcomes


def _tests(digests: Digests) -> CoverageMap:
    file, digest = ROOT / KEPT / "map.json", digests.code + digests.tests
    tests = read_map(file, digest)
    if tests is None:
        tests = record(ROOT, ROOT / KEPT, _say)
        write_map(file, digest, tests)
    return tests


@contextmanager
def _workers(count: int) -> Iterator[list[Worker]]:
    with ExitStack() as stack:
        folders = [
            stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            for _ in range(count)
        ]
        yield [Worker(TreeCopy(ROOT, Path(folder) / "tree")) for folder in folders]


def _line(mutant: Mutant, outcome: Outcome) -> str:
    end = f"noticed by {outcome.noticed_by}" if outcome.is_killed else "SURVIVED"
    if not outcome.tests:
        end = "SURVIVED: no test enters it"
    return (
        f"{mutant.id} {mutant.file}, {mutant.place}: {mutant.change}; {end} "
        f"({outcome.cpu_seconds:.1f} CPU-seconds, {outcome.tests} tests)"
    )


def _say(text: str) -> None:
    click.echo(text, err=True)


def tell(report: Report) -> None:
    """Say what is wrong, and how many are noticed; exit with 1 if anything is wrong."""
    for problem in report.problems:
        _say(f"error: {problem}")
    _say(
        f"{report.killed} of {len(report.drawn)} mutants are noticed ({report.share:.1%}); "
        f"{report.equivalent} of the others are equivalent."
    )
    if report.problems:
        sys.exit(1)
