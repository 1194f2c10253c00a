"""Act 7: the endpoint, the project and the product go; what stays was chosen to stay."""

from botocore.exceptions import ClientError

from rehearsal.conductor.acts import company
from rehearsal.conductor.acts.current_play import PROJECT_NAME, Play
from rehearsal.conductor.acts.deployments import Title, repository, wait_for_end
from rehearsal.conductor.acts.launch import watch_project
from rehearsal.conductor.acts.operations_command import say_operation
from rehearsal.conductor.acts.promote import review_if_waiting
from rehearsal.conductor.acts.remains import list_remains
from rehearsal.conductor.acts.scaling import check_unscaled
from rehearsal.conductor.acts.stage_accounts import remove_account_stacks
from rehearsal.conductor.cdk import Cdk
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.waiting.patience import STACK_STILL_SECONDS


def perform(play: Play) -> None:
    """Remove everything in the order that the documents give, then list what is left."""
    remove_endpoints(play)
    remove_account_stacks(play)
    delete_project(play)
    unregister(play)
    remains = list_remains(play)
    play.facts["remains"] = [remain.as_dict() for remain in remains]
    for remain in remains:
        play.say(
            f"left: {remain.kind} {remain.name}: {remain.why}, ${remain.monthly_usd:.2f}/month"
        )
    unwanted = [f"{remain.kind} {remain.name}" for remain in remains if not remain.chosen]
    if unwanted:
        raise RehearsalError(f"Nobody chose to keep what is left: {', '.join(unwanted)}.")


def remove_endpoints(play: Play) -> None:
    """Remove each stage's stack by the deploy repository's own workflow, the last one first."""
    for name in reversed(play.options.stages):
        remove_endpoint(play, name)


def remove_endpoint(play: Play, name: str) -> None:
    """Remove the stack of one stage by the workflow."""
    repository(play).get_workflow("destroy.yml").create_dispatch("main", {"stage": name})
    title = Title(f"Remove {name}", name)
    review_if_waiting(play, title, name)
    wait_for_end(play, title)
    play.say(f"the endpoint stack of {name} is gone")
    check_unscaled(play, name)


def delete_project(play: Play) -> None:
    """Delete the project from Studio, and wait for its end."""
    sagemaker = play.studio.client("sagemaker")
    watch = watch_project(play)
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
                log=play.world.logs / "aws.log",
            )
        return True if project["ProjectStatus"] == "DeleteCompleted" else None

    play.wait("The deletion of the project", gone, seconds=STACK_STILL_SECONDS, watch=watch)
    play.say("the project is deleted")


def unregister(play: Play) -> None:
    """Take the template and its prerequisites out of the account by `make unregister`."""
    if play.options.company:
        company.take_back(play)
    say_operation(play, ["unregister", "--yes"], play.settings)


def destroy_product(play: Play) -> None:
    """Remove the template's stack with the CDK, as it is done by hand."""
    # The copy that was pushed; nothing is deployed from here, so nothing need be validated.
    cdk = Cdk(play.world, play.world.state / "project", {"CDK_VALIDATION": "false"})
    cdk.synthesize()
    cdk.destroy()
    play.say("the product is removed from Service Catalog")
