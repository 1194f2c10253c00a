"""Act 2: push this project to GitHub, whose own workflow registers the template."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.stage import Stage
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import PLATFORM_ENGINEER
from rehearsal.conductor.world import ACCOUNT, REGION

REPOSITORY = "mlops-sm-project-template"
WORKFLOW = "sm_template_register_service_catalog.yml"


def play(stage: Stage) -> None:
    """Push, wait for the registration workflow, find the product."""
    repository = stage.github(PLATFORM_ENGINEER).get_user().get_repo(REPOSITORY)
    for name, value in (
        ("AWS_ACCOUNT_OPENID_IAM_ROLE", stage.facts["registration_role_arn"]),
        ("AWS_REGION", REGION),
        ("AWS_ACCOUNT", ACCOUNT),
    ):
        repository.create_secret(name, value)
    _push(stage, _snapshot(stage))
    stage.say(f"pushed this project to {repository.html_url}")
    stage.wait_for_run(repository, WORKFLOW, seconds=300)
    products = stage.world.administrator.client("servicecatalog").search_products_as_admin()
    offered = [view["ProductViewSummary"]["Name"] for view in products["ProductViewDetails"]]
    if names.PRODUCT not in offered:
        raise RehearsalError(f"The workflow succeeded, but Service Catalog holds {offered}.")
    stage.say(f"Service Catalog offers: {names.PRODUCT}")


def play_again(stage: Stage, change: Callable[[Path], None]) -> None:
    """Push a change of this project, whose workflow registers the template once more."""
    repository = stage.github(PLATFORM_ENGINEER).get_user().get_repo(REPOSITORY)
    earlier = {run.id for run in repository.get_workflow_runs()}
    folder = stage.world.state / "project"
    change(folder)
    _push_commit(stage, folder, "Change the template")

    def started() -> bool | None:
        return any(run.id not in earlier for run in repository.get_workflow_runs()) or None

    stage.wait("The registration of the change", started, seconds=60)
    stage.wait_for_run(repository, WORKFLOW, seconds=300)
    stage.say("the changed template is registered, too")


def _snapshot(stage: Stage) -> Path:
    """Copy the files of this project, uncommitted changes included, into a fresh repository."""
    root, copy = stage.world.root, stage.world.state / "project"
    log, env = stage.world.logs / "git.log", stage.world.person_environment()
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


def _push(stage: Stage, folder: Path) -> None:
    login, log = PLATFORM_ENGINEER, stage.world.logs / "git.log"
    init = ["git", "init", "--quiet", "--initial-branch=main"]
    run(init, cwd=folder, env=stage.git_environment(login), log=log)
    _push_commit(stage, folder, "The project as it stands here")


def _push_commit(stage: Stage, folder: Path, message: str) -> None:
    login, log = PLATFORM_ENGINEER, stage.world.logs / "git.log"
    env = stage.git_environment(login)
    url = f"{stage.world.github_url}/{login}/{REPOSITORY}.git"
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
