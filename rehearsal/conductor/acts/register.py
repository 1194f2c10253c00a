"""Act 2: push this project to GitHub, whose own workflow registers the template."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import PLATFORM_ENGINEER

REPOSITORY = "mlops-sm-project-template"
WORKFLOW = "sm_template_register_service_catalog.yml"


def perform(play: Play) -> None:
    """Push, wait for the registration workflow, find the product."""
    repository = play.github(PLATFORM_ENGINEER).get_user().get_repo(REPOSITORY)
    for name, value in (
        ("AWS_ACCOUNT_OPENID_IAM_ROLE", play.facts["registration_role_arn"]),
        ("AWS_REGION", REGION),
        ("AWS_ACCOUNT", ACCOUNT),
    ):
        repository.create_secret(name, value)
    _push(play, _snapshot(play))
    play.say(f"pushed this project to {repository.html_url}")
    play.wait_for_run(repository, WORKFLOW, seconds=300)
    products = play.world.administrator.client("servicecatalog").search_products_as_admin()
    offered = [view["ProductViewSummary"]["Name"] for view in products["ProductViewDetails"]]
    if names.PRODUCT not in offered:
        raise RehearsalError(f"The workflow succeeded, but Service Catalog holds {offered}.")
    play.say(f"Service Catalog offers: {names.PRODUCT}")


def perform_again(play: Play, change: Callable[[Path], None]) -> None:
    """Push a change of this project, whose workflow registers the template once more."""
    repository = play.github(PLATFORM_ENGINEER).get_user().get_repo(REPOSITORY)
    earlier = {run.id for run in repository.get_workflow_runs()}
    folder = play.world.state / "project"
    change(folder)
    _push_commit(play, folder, "Change the template")

    def started() -> bool | None:
        return any(run.id not in earlier for run in repository.get_workflow_runs()) or None

    play.wait("The registration of the change", started, seconds=60)
    play.wait_for_run(repository, WORKFLOW, seconds=300)
    play.say("the changed template is registered, too")


def _snapshot(play: Play) -> Path:
    """Copy the files of this project, uncommitted changes included, into a fresh repository."""
    root, copy = play.world.root, play.world.state / "project"
    log, env = play.world.logs / "git.log", play.world.person_environment()
    try:
        listed = run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=root,
            env=env,
            log=log,
        )
    except subprocess.CalledProcessError as error:
        raise RehearsalError(
            "This folder is not a git repository; rehearse in a clone of the project.", log=log
        ) from error
    for name in filter(None, listed.split("\0")):
        source, target = root / name, copy / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)
    return copy


def _push(play: Play, folder: Path) -> None:
    login, log = PLATFORM_ENGINEER, play.world.logs / "git.log"
    init = ["git", "init", "--quiet", "--initial-branch=main"]
    run(init, cwd=folder, env=play.git_environment(login), log=log)
    _push_commit(play, folder, "The project as it stands here")


def _push_commit(play: Play, folder: Path, message: str) -> None:
    login, log = PLATFORM_ENGINEER, play.world.logs / "git.log"
    env = play.git_environment(login)
    url = f"{play.world.github_url}/{login}/{REPOSITORY}.git"
    author = ["-c", f"user.name={login}", "-c", f"user.email={login}@users.noreply.localhost"]
    try:
        for argv in (
            ["add", "--all", "--force"],
            [*author, "commit", "--quiet", "--message", message],
            ["push", "--quiet", url, "main"],
        ):
            run(["git", *argv], cwd=folder, env=env, log=log)
    except subprocess.CalledProcessError as error:
        raise RehearsalError(
            "The project could not be pushed to the local GitHub.", log=log
        ) from error
