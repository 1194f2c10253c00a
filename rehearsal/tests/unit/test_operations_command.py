"""A platform engineer's command in a play: its lines, its failure, and its standing still."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest

from rehearsal.conductor.acts import template_repository
from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.acts.operations_command import type_operation
from rehearsal.conductor.errors import RehearsalError, StoodStillError
from rehearsal.conductor.world import World

_HANGS = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10)"])
print("[1/2] Bootstrap", child.pid, flush=True)
child.wait()
open("ended-by-itself", "w").close()
"""


class CloudFormation:
    """Has one stack, of which the same resource is made all the time."""

    def list_stacks(self, **_asked: Any) -> dict[str, Any]:
        return {"StackSummaries": [{"StackName": "CDKToolkit"}]}

    def describe_stack_events(self, **_asked: Any) -> dict[str, Any]:
        event = {
            "EventId": "1",
            "StackId": "arn",
            "StackName": "CDKToolkit",
            "PhysicalResourceId": "key",
            "LogicalResourceId": "Key",
            "ResourceType": "AWS::KMS::Key",
            "ResourceStatus": "CREATE_IN_PROGRESS",
        }
        return {"StackEvents": [event]}


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """A play whose clone holds a command of ours."""
    clients: Callable[[str], CloudFormation] = lambda _service: CloudFormation()  # noqa: E731
    world = SimpleNamespace(
        administrator=SimpleNamespace(client=clients),
        logs=tmp_path,
        state=tmp_path,
        person_environment=dict,
    )
    return Play(cast(World, world), Options(), lambda _sentence: None)


def _command(play: Play, code: str) -> None:
    package = template_repository.folder(play) / "operations"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(code, encoding="utf-8")


def test_its_lines_are_given_and_kept(play: Play) -> None:
    _command(play, "import sys; print('[1/1]', *sys.argv[1:])")
    assert list(type_operation(play, ["register", "--yes"], {})) == ["[1/1] register --yes\n"]
    assert (play.world.logs / "register.log").read_text() == "[1/1] register --yes\n"


def test_its_failure_names_it_and_its_log(play: Play) -> None:
    _command(play, "raise SystemExit(3)")
    with pytest.raises(RehearsalError, match="`make register` failed") as refused:
        list(type_operation(play, ["register"], {}))
    assert refused.value.log == play.world.logs / "register.log"


def test_one_that_stands_still_is_ended_with_all_that_it_started(play: Play) -> None:
    """And with what stood still in its place."""
    _command(play, _HANGS)
    lines: list[str] = []
    with pytest.raises(
        StoodStillError,
        match=r"`make register` stood still for 1 s at CloudFormation makes Key \(AWS::KMS::Key\);",
    ):
        lines.extend(type_operation(play, ["register"], {}, seconds=1))
    log = (play.world.logs / "register.log").read_text()
    assert not (template_repository.folder(play) / "ended-by-itself").exists()
    child = int(log.split()[-1])
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
