"""What people see of a row of steps: they agree to it, and each step tells when it is done."""

import sys
from collections.abc import Sequence

import click

from operations.errors import NotAgreedError
from operations.steps.row import Done, carry_out
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
