"""`python vendor COMMAND ...`: one frame for all commands."""

from pathlib import Path

import pytest

from .conftest import ROOT, run_command

COMMANDS = sorted(file.stem for file in (ROOT / "vendor/deploy_endpoint/commands").glob("[!_]*.py"))


@pytest.mark.parametrize("arguments", [(), ("deploy",)])
def test_what_is_no_command_is_told_which_there_are(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match=f"use one of: {', '.join(COMMANDS)}\\.$"):
        run_command(*arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_what_it_does(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        run_command(name, "--help")
    assert capsys.readouterr().out.startswith(f"usage: {name} [-h]")


@pytest.mark.parametrize("name", sorted({*COMMANDS} - {"eject"}))
def test_each_command_refuses_wrong_settings_in_one_sentence(repository: Path, name: str) -> None:
    arguments = {"stage_account": ("--stage", "prod"), "stage_stack": ("look",)}
    with (repository / "project.env").open("a") as file:
        file.write("AWS_REGION=nowhere\n")
    with pytest.raises(SystemExit, match=r"^error: project\.env: AWS_REGION is 'nowhere'; give"):
        run_command(name, *arguments.get(name, ()))
