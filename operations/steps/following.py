"""What people see of a row of steps: they agree to it, and each step tells when it is done."""

import sys
from collections.abc import Callable, Sequence

import click

from operations.errors import NotAgreedError
from operations.steps.row import Done, carry_out, plan
from operations.steps.step import Step


def agree(*, yes: bool, default: bool, question: str = "Begin?") -> None:
    """Ask whether to go on, unless that was said before.

    Args:
        yes: it was.
        default: the answer of an empty line.
        question: in one line.

    Raises:
        NotAgreedError: nobody is there to be asked.
        click.Abort: somebody said no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise NotAgreedError
    click.confirm(question, default=default, abort=True)


def plan_and_follow(
    steps: list[Step],
    show: Callable[[list[str]], None],
    *,
    dry_run: bool,
    yes: bool,
    default: bool,
    idle: str,
    quiet: bool,
) -> tuple[list[str], list[Done]]:
    """Show what the steps would do, and carry them out once people agree.

    Args:
        steps: in order.
        show: is told what they would do.
        dry_run: whether that is all.
        yes: as of `agree`.
        default: as of `agree`.
        idle: as of `follow`.
        quiet: whether nothing is shown or said.

    Returns:
        What they would do, and what became of each if they were carried out.

    Raises:
        NotAgreedError: nobody is there to be asked.
        click.Abort: somebody said no.
    """
    wanted = plan(steps)
    if not quiet:
        show(wanted)
    if dry_run or not wanted:
        return wanted, []
    agree(yes=yes, default=default)
    return wanted, follow(steps, idle=idle, quiet=quiet)


def follow(steps: Sequence[Step], *, idle: str, quiet: bool) -> list[Done]:
    """Carry the steps out, and tell of each.

    Args:
        steps: in order.
        idle: what is said of a step that has nothing to do.
        quiet: whether nothing is said.
    """

    def begin(number: int, step: Step) -> None:
        if not quiet:
            click.echo(f"[{number}/{len(steps)}] {step.title}")

    done = []
    for one in carry_out(list(steps), begin):
        done.append(one)
        if not quiet:
            click.echo(f"      {'done' if one.did else idle}, {one.seconds:.1f} s")
    return done
