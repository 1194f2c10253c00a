"""Act: the administrator of each later stage's account lets the deploy repository in."""

import subprocess
import sys
from pathlib import Path

from rehearsal.conductor.acts.deployments import repository
from rehearsal.conductor.acts.stage import Stage
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST


def play(stage: Stage) -> None:
    """Clone the deploy repository, and make the stack of each account with its command."""
    folder = _clone(stage)
    for name, account in stage.options.stage_accounts.items():
        _command(stage, folder, name)
        stage.say(f"account {account} lets the workflows of {name} in")


def remove_account_stacks(stage: Stage) -> None:
    """Take the stacks away again, by the same command."""
    for name, account in stage.options.stage_accounts.items():
        _command(stage, _folder(stage), name, "--remove")
        stage.say(f"account {account} lets the workflows of {name} in no longer")


def _folder(stage: Stage) -> Path:
    return stage.world.state / "deploy-repository"


def _clone(stage: Stage) -> Path:
    """Clone with the token of the data scientist, who could hand the clone over."""
    folder, log = _folder(stage), stage.world.logs / "git.log"
    env = stage.git_environment(DATA_SCIENTIST)
    url = repository(stage).clone_url
    try:
        run(["git", "clone", "--quiet", url, str(folder)], cwd=stage.world.state, env=env, log=log)
    except subprocess.CalledProcessError as error:
        raise RehearsalError("The deploy repository could not be cloned.", log=log) from error
    return folder


def _command(stage: Stage, folder: Path, name: str, *options: str) -> None:
    log = stage.world.logs / f"stage-account-{name}.log"
    env = stage.world.person_environment(stage.options.stage_accounts[name])
    argv = [sys.executable, "vendor", "stage_account", "--stage", name, *options]
    try:
        run(argv, cwd=folder, env=env, log=log)
    except subprocess.CalledProcessError as error:
        raise RehearsalError(f"The account of {name} could not be changed.", log=log) from error
