"""The option `--stages`."""

import click
import pytest

from rehearsal.conductor.acts import acts_of
from rehearsal.conductor.acts.current_play import Options
from rehearsal.conductor.cli import cli
from rehearsal.conductor.stage_names import are_usual, parse_stage_names

CONTEXT, PARAMETER = click.Context(cli), cli.params[0]


@pytest.mark.parametrize("given", ["dev", "dev,prod", "dev,staging,prod", "qa,live", "a,b,c,d,e,f"])
def test_names_are_taken_in_their_order(given: str) -> None:
    assert parse_stage_names(CONTEXT, PARAMETER, given) == tuple(given.split(","))


@pytest.mark.parametrize("given", ["", "Dev", "qa,,live", "qa,qa", "a,b,c,d,e,f,g", "pre-prod"])
def test_what_the_project_would_refuse_is_refused(given: str) -> None:
    with pytest.raises(click.BadParameter, match="give up to 6 different names"):
        parse_stage_names(CONTEXT, PARAMETER, given)


@pytest.mark.parametrize(
    ("stages", "is_usual"),
    [
        (("dev",), True),
        (("dev", "prod"), True),
        (("dev", "prod", "staging"), False),
        (("staging", "prod"), False),
        (("qa", "live"), False),
    ],
)
def test_only_a_project_with_stages_of_its_own_gives_one_up(
    stages: tuple[str, ...], *, is_usual: bool
) -> None:
    assert are_usual(stages) is is_usual
    names = [act.name for act in acts_of(Options(stages=stages))]
    assert ("give-up-stage" in names) is not is_usual
