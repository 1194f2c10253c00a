"""The option `--stages`: names of stages, in their order."""

import click

from mlops_sm_project_template.config.names import DEFAULT_STAGES as STAGES


def parse_stage_names(
    _context: click.Context, _parameter: click.Parameter, value: str
) -> tuple[str, ...]:
    """Parse comma-separated names.

    Raises:
        click.BadParameter: one is unknown, or they are out of order.
    """
    given = tuple(value.split(","))
    if given[0] != STAGES[0] or given != tuple(name for name in STAGES if name in given):
        raise click.BadParameter(f"give {','.join(STAGES)}, or the first one or two of them")
    return given
