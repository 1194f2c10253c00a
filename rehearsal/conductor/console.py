"""The console of a world: a page on which a play can be watched, as its operator sees it."""

import json
import subprocess
import sys

from rehearsal.conductor.aws_accounts import AwsUser
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.world import World

OPERATOR = "operator"


def start_console(world: World) -> None:
    """Start the console with the credentials of an operator, who may do what its policy says.

    One that runs is left alone, since its operator's key would end with a new one.

    Raises:
        RehearsalError: it did not start; its log says why.
    """
    if world.has_console:
        return
    world.start_console(operator(world), world.record.tokens[DATA_SCIENTIST])


def operator(world: World, name: str = OPERATOR) -> AwsUser:
    """An IAM user of the project's account who has the console's policy, with a new access key."""
    return world.administrator.make_user(name, "console", _policy(world))


def _policy(world: World) -> str:
    """What `python -m console --policy` says that an operator needs."""
    log = world.logs / "console.log"
    command = [sys.executable, "-m", "console", "--policy"]
    try:
        told = run(command, cwd=world.root, env=world.person_environment(), log=log)
    except subprocess.CalledProcessError as error:
        raise RehearsalError("The console does not tell its policy.", log=log) from error
    return json.dumps(json.loads(told))
