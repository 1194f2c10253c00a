"""Whatever is wrong in the AWS settings, each command says it in one sentence, and no traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from console.command import console
from operations.cli import cli
from operations.command_line import run

_REGION = {"AWS_REGION": "eu-west-1"}
_KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
_WITHOUT_CREDENTIALS = "Unable to locate credentials"
# What is wrong: the settings, and what the sentence says.
WRONG: Mapping[str, tuple[Mapping[str, str], str]] = {
    "no region": ({}, "No region is set; set AWS_REGION"),
    "no credentials": (_REGION, _WITHOUT_CREDENTIALS),
    "no name of a region": ({"AWS_REGION": "eu_west!1", **_KEYS}, "eu_west!1"),
    "no such profile": ({**_REGION, "AWS_PROFILE": "nope"}, "The config profile (nope)"),
    "a broken file": ({**_REGION, "AWS_CONFIG_FILE": "broken"}, "Unable to parse config file"),
    "no address": (
        {**_REGION, **_KEYS, "AWS_ENDPOINT_URL": "nonsense"},
        "AWS_ENDPOINT_URL is no address (nonsense)",
    ),
    "no address of one service": (
        {**_REGION, **_KEYS, "AWS_ENDPOINT_URL_STS": "https://"},
        "AWS_ENDPOINT_URL_STS is no address (https://)",
    ),
}
_ARGUMENTS = {"add": ["my-company"], "remove": ["my-company", "--yes"]}


def _paths(group: click.Group) -> Iterator[list[str]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from ([name, *path] for path in _paths(command))
            if not command.invoke_without_command:
                continue
        yield [name, *_ARGUMENTS.get(name, ())]


COMMANDS = {" ".join(path): (cli, path) for path in _paths(cli)}
COMMANDS |= {"console": (console, ["--no-open"]), "console --policy": (console, ["--policy"])}


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person without any AWS setting."""
    for name in filter(lambda name: name.startswith("AWS_"), list(os.environ)):
        monkeypatch.delenv(name)
    (tmp_path / "broken").write_text("[default\nnonsense")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GH_TOKEN", "ghp_nobody")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_command_says_what_is_wrong(
    name: str, wrong: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (command, arguments), (settings, sentence) = COMMANDS[name], WRONG[wrong]
    if name.endswith("--policy") and sentence == _WITHOUT_CREDENTIALS:
        return  # the policy is told without asking AWS
    for setting, value in settings.items():
        monkeypatch.setenv(setting, value)
    monkeypatch.setattr(sys, "argv", ["", *arguments])
    assert run(command, "python -m any") == 1
    said = capsys.readouterr()
    assert sentence in said.out + said.err
    assert said.err.count("\n") == 1
