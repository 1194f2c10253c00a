"""What the rehearsal's display names while a run of the local GitHub goes on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.errors import StoodStillError
from rehearsal.conductor.world import World
from rehearsal.tests.github.actions.test_runs import HEAD, jobs_text
from rehearsal.tests.github.served_github import FULL, ServedGitHub

_STEPS = """steps:
  - name: Wait for a sign
    run: for _ in $(seq 150); do test -e SIGN && exit 0; sleep 0.2; done; exit 1
"""


def _play(github: ServedGitHub, folder: Path, named: list[str]) -> Play:
    record = SimpleNamespace(tokens={"octo": FULL})
    world = SimpleNamespace(github_url=github.url, record=record, logs=folder)
    said = lambda _sentence: None  # noqa: E731 # nobody listens
    return Play(cast(World, world), Options(), said, name_step=named.append)


def test_the_step_at_work_is_named_until_the_run_ends(github: ServedGitHub, tmp_path: Path) -> None:
    sign, named = tmp_path / "sign", []
    text = HEAD + jobs_text(only=_STEPS.replace("SIGN", str(sign)))
    github.workflow("watched", text)
    play = _play(github, tmp_path, named)

    def name(step: str) -> None:
        named.append(step)
        if step.endswith("step Wait for a sign"):
            sign.touch()

    play.name_step = name
    run = play.wait_for_run(play.github("octo").get_repo("octo/watched"), "work.yml", seconds=20)
    assert run.conclusion == "success"
    assert "job only, step Wait for a sign" in named
    assert named[-1] == ""


def test_a_run_that_stands_still_is_given_up(github: ServedGitHub, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    github.workflow("still", HEAD + jobs_text(only=_STEPS.replace("SIGN", str(sign))))
    play = _play(github, tmp_path, [])
    repository = play.github("octo").get_repo("octo/still")
    with pytest.raises(StoodStillError, match="stood still for 2 s at job only, step Wait for a"):
        play.wait_for_run(repository, "work.yml", seconds=2)
    sign.touch()
    assert play.wait_for_run(repository, "work.yml", seconds=20).conclusion == "success"
