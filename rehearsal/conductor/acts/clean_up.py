"""Act 7: the endpoint, the project and the product go; what stays was chosen to stay."""

from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError

from rehearsal.conductor.acts.deployments import Title, repository, wait_for_end
from rehearsal.conductor.acts.promote import review_if_waiting
from rehearsal.conductor.acts.remains import list_remains
from rehearsal.conductor.acts.scaling import check_unscaled
from rehearsal.conductor.acts.stage import PROJECT_NAME, Stage
from rehearsal.conductor.acts.stage_accounts import remove_account_stacks
from rehearsal.conductor.cdk import Registration
from rehearsal.conductor.errors import RehearsalError


def play(stage: Stage) -> None:
    """Remove everything in the order that the README gives, then list what is left."""
    with ThreadPoolExecutor(1) as beside:
        synthesis = beside.submit(_registration(stage).synthesize)
        remove_endpoints(stage)
        remove_account_stacks(stage)
        delete_project(stage)
        synthesis.result()
    _destroy(stage)
    remains = list_remains(stage)
    stage.facts["remains"] = [remain.as_dict() for remain in remains]
    for remain in remains:
        stage.say(
            f"left: {remain.kind} {remain.name}: {remain.why}, ${remain.monthly_usd:.2f}/month"
        )
    unwanted = [f"{remain.kind} {remain.name}" for remain in remains if not remain.chosen]
    if unwanted:
        raise RehearsalError(f"Nobody chose to keep what is left: {', '.join(unwanted)}.")


def remove_endpoints(stage: Stage) -> None:
    """Remove each stage's stack by the deploy repository's own workflow, the last one first."""
    deploy = repository(stage)
    for name in reversed(stage.options.stages):
        deploy.get_workflow("destroy.yml").create_dispatch("main", {"stage": name})
        title = Title(f"Remove {name}")
        review_if_waiting(stage, title, name)
        wait_for_end(stage, title)
        stage.say(f"the endpoint stack of {name} is gone")
        check_unscaled(stage, name)


def delete_project(stage: Stage) -> None:
    """Delete the project from Studio, and wait for its end."""
    sagemaker = stage.studio.client("sagemaker")
    sagemaker.delete_project(ProjectName=PROJECT_NAME)

    def gone() -> bool | None:
        try:
            project = sagemaker.describe_project(ProjectName=PROJECT_NAME)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
                return True
            raise
        if project["ProjectStatus"] == "DeleteFailed":
            raise RehearsalError(
                "The project could not be deleted: "
                + project.get("ServiceCatalogProvisionedProductDetails", {}).get(
                    "ProvisionedProductStatusMessage", "no reason was given"
                ),
                log=stage.world.logs / "aws.log",
            )
        return True if project["ProjectStatus"] == "DeleteCompleted" else None

    stage.wait("The deletion of the project", gone, seconds=300)
    stage.say("the project is deleted")


def destroy_product(stage: Stage) -> None:
    """Remove the template's stack with the command line."""
    _registration(stage).synthesize()
    _destroy(stage)


def _destroy(stage: Stage) -> None:
    _registration(stage).destroy()
    stage.say("the product is removed from Service Catalog")


def _registration(stage: Stage) -> Registration:
    """The copy that was pushed; nothing is deployed from here, so nothing need be validated."""
    folder = stage.world.state / "project"
    return Registration(stage.world, folder, {"CDK_VALIDATION": "false"})
