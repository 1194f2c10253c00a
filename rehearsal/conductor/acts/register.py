"""Act 2: `make doctor` looks; `make register` pushes this project, whose workflow registers it."""

from collections.abc import Callable
from pathlib import Path

from mlops_sm_project_template.config import names
from rehearsal.conductor import own_image
from rehearsal.conductor.acts import company, template_repository
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.operations_command import say_operation, type_operation
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import PLATFORM_ENGINEER
from rehearsal.conductor.waiting.patience import EVENT_STILL_SECONDS

WORKFLOW = "sm_template_register_service_catalog.yml"


def perform(play: Play) -> None:
    """Type both commands, and find the product."""
    settings = _settings(play)
    looked = [line.split(" ", 1)[0] for line in type_operation(play, ["doctor"], settings)]
    play.say(f"`make doctor` looked at {len(looked)} things: none fails")
    # A play asks nobody: `--yes` stands for the answer to "Begin?".
    say_operation(play, ["register", "--yes"], settings)
    products = play.world.administrator.client("servicecatalog").search_products_as_admin()
    offered = [view["ProductViewSummary"]["Name"] for view in products["ProductViewDetails"]]
    if names.PRODUCT not in offered:
        raise RehearsalError(f"The workflow succeeded, but Service Catalog holds {offered}.")
    play.say(f"Service Catalog offers: {names.PRODUCT}")
    if play.options.company:
        company.store_credential(play)
        company.register_second_region(play)


def _settings(play: Play) -> dict[str, str]:
    """Who signs in where, and what the company sets."""
    env = {
        **play.settings,
        "GITHUB_SERVER_URL": play.world.github_url,
        "GH_TOKEN": play.world.record.tokens[PLATFORM_ENGINEER],
    }
    if play.options.image is not None:
        env["IMAGE_REPOSITORIES"] = own_image.repository(play.options.image)
    return env


def perform_again(play: Play, change: Callable[[Path], None]) -> None:
    """Push a change of this project, whose workflow registers the template once more."""
    repository = play.github(PLATFORM_ENGINEER).get_user().get_repo(template_repository.NAME)
    earlier = {run.id for run in repository.get_workflow_runs()}
    change(template_repository.folder(play))
    template_repository.commit(play, "Change the template")
    template_repository.push(play)

    def started() -> bool | None:
        return any(run.id not in earlier for run in repository.get_workflow_runs()) or None

    play.wait("The registration of the change", started, seconds=EVENT_STILL_SECONDS)
    play.wait_for_run(repository, WORKFLOW)
    play.say("the changed template is registered, too")
