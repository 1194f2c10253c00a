"""The documents' commands for both ways of registration, typed in their order in a clean clone."""

import re
import subprocess
from pathlib import Path

import pytest

from rehearsal.conductor.acts.current_play import Play
from tests.documents import read_all, section
from tests.rehearsed.readme.conftest import INSTALLED
from tests.rehearsed.readme.installed_tools import OLDEST, signed_in_to_github, why_not
from tests.rehearsed.readme.registration import (
    register_by_hand,
    register_by_workflow,
    start_workflow,
)
from tests.rehearsed.readme.typing_person import TypingPerson

pytestmark = pytest.mark.timeout(900)


def test_the_template_is_registered_by_hand(
    play: Play, installed_clone: Path, tmp_path: Path
) -> None:
    with TypingPerson(play.world, installed_clone, tmp_path / "home") as person:
        register_by_hand(play, person, installed_clone)


def test_the_workflow_is_started_by_what_the_documents_say(
    waiting_play: Play, installed_clone: Path, tmp_path: Path
) -> None:
    with TypingPerson(waiting_play.world, installed_clone, tmp_path / "home") as person:
        repository = start_workflow(waiting_play, person, installed_clone)
    events = [run.event for run in repository.get_workflow_runs()]
    assert events == ["workflow_dispatch", "push"]


@pytest.mark.proof("scenarios")
def test_the_template_is_registered_from_a_clean_clone(
    play: Play, bare_clone: Path, tmp_path: Path
) -> None:
    with TypingPerson(play.world, bare_clone, tmp_path / "home") as person:
        register_by_hand(play, person, bare_clone)
    (gigabytes,) = re.findall(r"Set-up takes ([\d.]+) GB", read_all())
    assert abs(_megabytes(bare_clone, *INSTALLED) - 1000 * float(gigabytes)) < 100


def _megabytes(folder: Path, *names: str) -> float:
    """What files take on the disk; one with several names counts once."""
    said = subprocess.check_output(["du", "-ck", *names], cwd=folder, text=True)
    return int(said.splitlines()[-1].split()[0]) / 1024


@pytest.mark.proof("scenarios")
def test_the_template_is_registered_by_its_workflow(
    play: Play, installed_clone: Path, tmp_path: Path
) -> None:
    with TypingPerson(play.world, installed_clone, tmp_path / "home") as person:
        register_by_workflow(play, person, installed_clone)


@pytest.mark.proof("scenarios")
@pytest.mark.parametrize("tool", OLDEST)
def test_the_workflow_way_is_typed_with_the_real_tool(
    play: Play, installed_clone: Path, tmp_path: Path, tool: str
) -> None:
    reason = why_not(tool)
    if reason is not None:
        pytest.skip(reason)
    with (
        signed_in_to_github(play.world, tmp_path) as environment,
        TypingPerson(
            play.world,
            installed_clone,
            tmp_path / "home",
            tools=(tool,),
            environment=environment,
        ) as person,
    ):
        register_by_workflow(play, person, installed_clone)


def test_the_documents_name_the_versions_of_tools_that_are_not_installed_here() -> None:
    text = " ".join(section("Register the template on AWS").split())
    for tool, name in (("aws", "AWS CLI"), ("gh", "GitHub CLI")):
        oldest = ".".join(map(str, OLDEST[tool]))
        assert f"`{tool}`, the {name}, {oldest} or newer" in text
