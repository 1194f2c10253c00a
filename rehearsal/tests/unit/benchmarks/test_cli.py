"""The command line says what it takes."""

from click.testing import CliRunner

from rehearsal.laboratory.benchmarks.cli import RESULTS, cli


def test_help_names_the_options() -> None:
    text = CliRunner().invoke(cli, ["--help"]).output
    assert "--runs" in text
    assert "--json" in text
    assert "--only" in text
    assert "make bench" in text


def test_the_results_of_earlier_benches_are_found() -> None:
    assert RESULTS.is_file()


def test_less_than_one_run_is_refused() -> None:
    result = CliRunner().invoke(cli, ["--runs", "0"])
    assert result.exit_code == 2
    assert "--runs" in result.output


def test_a_bench_that_does_not_exist_is_refused() -> None:
    result = CliRunner().invoke(cli, ["--only", "weather"])
    assert result.exit_code == 2
    assert "storm" in result.output
