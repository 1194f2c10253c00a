"""The option `--stages`: names of stages, in their order."""

import re

import click

from mlops_sm_project_template.config.names import DEFAULT_STAGES, STAGE_PATTERN

_MOST = 6


def parse_stage_names(
    _context: click.Context, _parameter: click.Parameter, value: str
) -> tuple[str, ...]:
    """Parse comma-separated names.

    Raises:
        click.BadParameter: one is no name, or there are too many, or one twice.
    """
    given = tuple(value.split(","))
    are_names = all(re.fullmatch(STAGE_PATTERN, name) for name in given)
    if not are_names or len(given) > _MOST or len(set(given)) < len(given):
        raise click.BadParameter(
            f"give up to {_MOST} different names of lower-case letters and digits, such as "
            f"{','.join(DEFAULT_STAGES)} or qa,live"
        )
    return given


def are_usual(stages: tuple[str, ...]) -> bool:
    """Tell whether a project has roles for these stages, in this order, without a word."""
    return stages == tuple(name for name in DEFAULT_STAGES if name in stages) and (
        stages[0] == DEFAULT_STAGES[0]
    )
