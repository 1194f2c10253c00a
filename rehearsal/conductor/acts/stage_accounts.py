"""Act: the administrator of each later stage's account lets the deploy repository in."""

import subprocess
import sys
from pathlib import Path

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.deployments import repository
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.waiting.watches import watch_stacks


def perform(play: Play) -> None:
    """Clone the deploy repository, and make the stack of each account with its command."""
    folder = _clone(play)
    for name, account in play.options.stage_accounts.items():
        boundary = play.boundaries.get(name)
        _command(play, folder, name, *(["--permissions-boundary", boundary] if boundary else []))
        play.say(f"account {account} lets the workflows of {name} in")


def remove_account_stacks(play: Play) -> None:
    """Take the stacks away again, by the same command."""
    for name in play.options.stage_accounts:
        remove_account_stack(play, name)


def remove_account_stack(play: Play, name: str) -> None:
    """Take that of one stage away."""
    _command(play, _folder(play), name, "--remove")
    account = play.options.stage_accounts[name]
    play.say(f"account {account} lets the workflows of {name} in no longer")


def _folder(play: Play) -> Path:
    return play.world.state / "deploy-repository"


def _clone(play: Play) -> Path:
    """Clone with the token of the data scientist, who could hand the clone over."""
    folder, problem = _folder(play), "The deploy repository could not be cloned."
    url = repository(play).clone_url
    argv = ["clone", "--quiet", url, str(folder)]
    play.git(DATA_SCIENTIST, play.world.state, *argv, problem=problem)
    return folder


def _command(play: Play, folder: Path, name: str, *options: str) -> None:
    log = play.world.logs / f"stage-account-{name}.log"
    env = play.world.person_environment(play.options.stage_accounts[name])
    argv = [sys.executable, "vendor", "stage_account", "--stage", name, *options]
    watch = watch_stacks(play.user_of(name).client("cloudformation"))
    try:
        with play.naming(watch):
            run(argv, cwd=folder, env=env, log=log)
    except subprocess.CalledProcessError as error:
        raise RehearsalError(f"The account of {name} could not be changed.", log=log) from error
