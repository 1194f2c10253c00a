"""The table of steps adds up, and its commands are the README's and those that a play types."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import register, template_repository
from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.world import World
from tests.docs.code_blocks import blocks, lines
from tests.documents import ROOT, read, section

PAGE = "docs/platform-engineer/steps.md"
KINDS = "command|answer|click|copied value|form|approval"
# The issue of which this is the outcome sets them.
AIM = {"command": 2, "answer": 2, "form": 1, "approval": 1}


def _columns() -> list[list[str]]:
    """The cells below each head but the first."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in read(PAGE).splitlines()
        if line.startswith("| ") and not line.startswith("| ---")
    ]
    return [list(column) for column in zip(*rows[1:], strict=True)][1:]


def _counted(cell: str) -> Counter[str]:
    told = re.findall(rf"(\d+) ({KINDS})s?\b", cell)
    also = len(re.findall(r"and (\d+) on GitHub", cell))
    return Counter({kind: int(count) for count, kind in told}) + Counter({"approval": also})


@pytest.mark.parametrize("column", _columns())
def test_a_column_adds_up(column: list[str]) -> None:
    *cells, together = column
    assert sum(map(_counted, cells), Counter()) == _counted(together)


def test_the_way_here_is_as_short_as_it_was_to_be() -> None:
    here = _counted(_columns()[0][-1])
    assert {kind: here[kind] for kind in AIM} == AIM


def _commands_of_the_readme() -> list[str]:
    block, *_ = blocks(section("Register"), "sh")
    return [line.partition("#")[0].strip() for line in lines(block)]


def test_the_commands_are_those_of_the_readme() -> None:
    named = re.findall(r"`(make [^`]+)`", " ".join(_columns()[0]))
    assert list(dict.fromkeys(named)) == _commands_of_the_readme()


def test_a_play_types_the_same_commands(tmp_path: Path) -> None:
    """As the Makefile runs them; `--yes` is the answer to whether it shall begin."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    play = _play(tmp_path)
    register.perform(play)
    typed = play.facts["typed"]
    assert [line.removesuffix(" ARGS=--yes") for line in typed] == _commands_of_the_readme()
    for target in (line.split()[1] for line in typed):
        recipe = (
            rf"^{target}:.*## .*\n(?:\t\$\(call.*\n)?\t@\$\(BIN\)/python -m operations {target}"
        )
        assert re.search(recipe, makefile, re.M), target


def _play(folder: Path) -> Play:
    """A play in whose clone the commands say nothing, and whose catalog has the product."""
    view = {"ProductViewSummary": {"Name": names.PRODUCT}}
    client: Any = SimpleNamespace(
        search_products_as_admin=lambda: {"ProductViewDetails": [view]},
        list_stacks=lambda **_: {"StackSummaries": []},
    )
    world = SimpleNamespace(
        administrator=SimpleNamespace(client=lambda _service: client),
        logs=folder,
        state=folder,
        github_url="http://127.0.0.1:1",
        record=SimpleNamespace(tokens={"platform-engineer": "ghp_any"}),
        person_environment=dict,
    )
    play = Play(cast(World, world), Options(), lambda _sentence: None)
    package = template_repository.folder(play) / "operations"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").touch()
    return play
