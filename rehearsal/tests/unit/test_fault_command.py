"""The command `fault` asks for one thing at a time, and for kinds that there are."""

import pytest
from click.testing import CliRunner

from rehearsal.conductor.cli import cli


@pytest.mark.parametrize(
    "arguments", [["fault"], ["fault", "502", "--list"], ["fault", "--list", "--clear"]]
)
def test_one_thing_at_a_time_is_asked_for(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert "--list or --clear" in result.output


def test_a_kind_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    result = CliRunner().invoke(cli, ["fault", "earthquake"])
    assert result.exit_code == 2
    assert "reset-after" in result.output
