"""Act 3: a data scientist creates a project from Studio."""

import time
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import company
from rehearsal.conductor.acts.current_play import PROJECT_NAME, Play
from rehearsal.conductor.aws_accounts import ACCOUNT, AwsUser
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.stage_names import are_usual
from rehearsal.conductor.studio_tags import studio_tags
from rehearsal.conductor.waiting import Watch
from rehearsal.conductor.waiting.patience import STACK_STILL_SECONDS
from rehearsal.conductor.waiting.watches import watch_stack


def perform(play: Play) -> None:
    """Call CreateProject with the product and see both repositories seeded."""
    studio = play.studio
    product_id, artifact_id = _find_product(studio)
    began = time.time()
    answer = studio.client("sagemaker").create_project(
        ProjectName=PROJECT_NAME,
        ProjectDescription="Predicts the rings of an abalone",
        ServiceCatalogProvisioningDetails={
            "ProductId": product_id,
            "ProvisioningArtifactId": artifact_id,
            "ProvisioningParameters": [
                {"Key": "GithubUserName", "Value": DATA_SCIENTIST},
                *_owns(play),
                *_stages(play),
                *_stage_accounts(play),
            ],
        },
        Tags=studio_tags(DATA_SCIENTIST),
    )
    play.facts["project_id"] = answer["ProjectId"]
    play.say(f"CreateProject answered {answer['ProjectArn']}")
    _wait_until_created(play)
    launch: dict[str, Any] = {"began": began, "ended": time.time(), "commits": {}}
    play.facts["launch"] = launch
    owner = play.github(DATA_SCIENTIST).get_user()
    for name_of in (names.build_repository, names.deploy_repository):
        repository = owner.get_repo(name_of(PROJECT_NAME))
        commits = repository.get_commits().totalCount
        launch["commits"][repository.full_name] = commits
        pristine = (
            repository.get_branch("template").commit.sha == repository.get_branch("main").commit.sha
        )
        if not pristine:
            raise RehearsalError(f"The branch template of {repository.full_name} is not the seed.")
        play.say(
            f"{repository.html_url} is seeded with {commits} commit; its branch template keeps the "
            "pristine seed for upgrades"
        )


def _owns(play: Play) -> list[dict[str, str]]:
    """The token, or what a company's team says instead."""
    if play.options.company:
        return list(company.parameters())
    token = play.world.record.tokens[DATA_SCIENTIST]
    return [{"Key": "GithubAccessToken", "Value": token}]


def _stages(play: Play) -> list[dict[str, str]]:
    """The parameter that names the stages, if they are not the usual ones."""
    stages = play.options.stages
    return [] if are_usual(stages) else [{"Key": "Stages", "Value": ",".join(stages)}]


def _stage_accounts(play: Play) -> list[dict[str, str]]:
    """The parameter that lets other accounts deploy the models, if there are such accounts."""
    accounts = ",".join(play.options.stage_accounts.values())
    return [{"Key": "StageAccounts", "Value": accounts}] if accounts else []


def _find_product(studio: AwsUser) -> tuple[str, str]:
    """Find the product and its newest version the way Studio's template list does."""
    catalog = studio.client("servicecatalog")
    views = catalog.search_products()["ProductViewSummaries"]
    chosen = [view["ProductId"] for view in views if view["Name"] == names.PRODUCT]
    if not chosen:
        raise RehearsalError(
            "Studio does not offer the template; associate its execution role with the portfolio."
        )
    versions = catalog.describe_product(Id=chosen[0])["ProvisioningArtifacts"]
    return chosen[0], max(versions, key=lambda version: version["CreatedTime"])["Id"]


def watch_project(play: Play) -> Watch:
    """See the stack that Service Catalog makes for the project, by the name that it gives it."""
    sagemaker = play.world.administrator.client("sagemaker")

    def stack() -> str | None:
        project = sagemaker.describe_project(ProjectName=PROJECT_NAME)
        details = project.get("ServiceCatalogProvisionedProductDetails", {})
        product = details.get("ProvisionedProductId")
        return f"SC-{ACCOUNT}-{product}" if product else None

    return watch_stack(play.world.administrator.client("cloudformation"), stack)


def await_project(play: Play, what: str, change: str) -> dict[str, Any]:
    """Wait until the project's change, `Create` or `Update`, is done or has failed."""
    sagemaker = play.studio.client("sagemaker")

    def ended() -> dict[str, Any] | None:
        project: dict[str, Any] = sagemaker.describe_project(ProjectName=PROJECT_NAME)
        is_over = project["ProjectStatus"] in (f"{change}Completed", f"{change}Failed")
        return project if is_over else None

    return play.wait(what, ended, seconds=STACK_STILL_SECONDS, watch=watch_project(play))


def _wait_until_created(play: Play) -> None:
    project = await_project(play, "The project", "Create")
    if project["ProjectStatus"] == "CreateFailed":
        reason = project.get("ServiceCatalogProvisionedProductDetails", {}).get(
            "ProvisionedProductStatusMessage", "no reason was given"
        )
        raise RehearsalError(
            f"The project could not be created: {reason}", log=play.world.logs / "aws.log"
        )
