"""Act 2: push this project to GitHub, whose own workflow registers the template."""

from collections.abc import Callable
from pathlib import Path

from mlops_sm_project_template.config import names
from rehearsal.conductor import own_image
from rehearsal.conductor.acts import template_repository
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import PLATFORM_ENGINEER

WORKFLOW = "sm_template_register_service_catalog.yml"


def perform(play: Play) -> None:
    """Push, wait for the registration workflow, find the product."""
    repository = play.github(PLATFORM_ENGINEER).get_user().get_repo(template_repository.NAME)
    for name, value in (
        ("AWS_ACCOUNT_OPENID_IAM_ROLE", play.facts["registration_role_arn"]),
        ("AWS_REGION", REGION),
        ("AWS_ACCOUNT", ACCOUNT),
    ):
        repository.create_secret(name, value)
    if play.options.image is not None:
        repository.create_variable("IMAGE_REPOSITORIES", own_image.repository(play.options.image))
    template_repository.push(play)
    play.say(f"pushed this project to {repository.html_url}")
    play.wait_for_run(repository, WORKFLOW, seconds=300)
    products = play.world.administrator.client("servicecatalog").search_products_as_admin()
    offered = [view["ProductViewSummary"]["Name"] for view in products["ProductViewDetails"]]
    if names.PRODUCT not in offered:
        raise RehearsalError(f"The workflow succeeded, but Service Catalog holds {offered}.")
    play.say(f"Service Catalog offers: {names.PRODUCT}")


def perform_again(play: Play, change: Callable[[Path], None]) -> None:
    """Push a change of this project, whose workflow registers the template once more."""
    repository = play.github(PLATFORM_ENGINEER).get_user().get_repo(template_repository.NAME)
    earlier = {run.id for run in repository.get_workflow_runs()}
    change(template_repository.folder(play))
    template_repository.commit(play, "Change the template")
    template_repository.push(play)

    def started() -> bool | None:
        return any(run.id not in earlier for run in repository.get_workflow_runs()) or None

    play.wait("The registration of the change", started, seconds=60)
    play.wait_for_run(repository, WORKFLOW, seconds=300)
    play.say("the changed template is registered, too")
