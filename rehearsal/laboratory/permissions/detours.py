"""What a project goes through besides the plain lifecycle: acts between `predict` and the end."""

import json
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import ACTS, Act, approve, build, clean_up, register
from rehearsal.conductor.acts.configure import write_settings
from rehearsal.conductor.acts.current_play import FIRST_STAGE, PROJECT_NAME, Play
from rehearsal.conductor.acts.deployments import repository
from rehearsal.conductor.aws_accounts import STAGE_ACCOUNTS
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.studio_tags import studio_tags
from rehearsal.laboratory.permissions.granted import read_granted
from rehearsal.laboratory.trials.second_version import change_sources

_REFUSED_PROJECT = "refused"
# Whatever a stage can be set to that needs a permission of its own.
_INSTANCES = {
    "name": FIRST_STAGE,
    "approval": "automatic",
    "serving": {
        "mode": "realtime",
        "instance_type": "ml.m5.large",
        "instance_count": 2,
        "autoscaling": {"max_instances": 3, "invocations_per_instance_per_minute": 600},
    },
    "deployment": {"policy": "canary"},
}


def _update(play: Play) -> None:
    """Take a second version of the template, let another account in, and choose to lose all."""
    register.perform_again(play, change_sources)
    sagemaker = play.studio.client("sagemaker")
    sagemaker.update_project(
        ProjectName=PROJECT_NAME,
        ServiceCatalogProvisioningUpdateDetails={
            "ProvisioningArtifactId": _versions(play)[-1],
            "ProvisioningParameters": [
                {"Key": "DataOnDelete", "Value": "delete"},
                {"Key": "RepositoriesOnDelete", "Value": "delete"},
                {"Key": "StageAccounts", "Value": STAGE_ACCOUNTS[0]},
            ],
        },
    )
    _wait_for_status(play, PROJECT_NAME, "UpdateCompleted", "UpdateFailed")
    play.say("the project has the second version of the template")


def _deploy_again(play: Play) -> None:
    """Remove the endpoint, and deploy by hand, without naming a model, to instances that scale."""
    clean_up.remove_endpoints(play)
    write_settings(play, [_INSTANCES])
    deploy = repository(play)
    deploy.get_workflow(names.DEPLOY_WORKFLOW).create_dispatch("main", {"stage": FIRST_STAGE})
    play.wait_for_run(deploy, names.DEPLOY_WORKFLOW, seconds=300)
    play.say("the endpoint is there again, by hand, with alarms and scaling")


def _second_model(play: Play) -> None:
    """Build again, and approve: the traffic of the endpoint goes over to the new model."""
    owner = play.github(DATA_SCIENTIST)
    repository_ = owner.get_repo(f"{DATA_SCIENTIST}/{names.build_repository(PROJECT_NAME)}")
    repository_.get_workflow("build.yml").create_dispatch("main")
    build.perform(play)
    approve.perform(play)


def _check_tokens(play: Play) -> None:
    """Run the daily looks at tokens and endpoints."""
    for event in ({}, {"Look": "endpoints"}):
        answer = play.world.administrator.client("lambda").invoke(
            FunctionName=names.TOKEN_FUNCTION, Payload=json.dumps(event).encode()
        )
        said = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise RehearsalError(f"The daily look failed: {said}")
        play.say(said)


def _refused_launch(play: Play) -> None:
    """Launch with a token that GitHub does not know; all that was made goes again."""
    sagemaker = play.studio.client("sagemaker")
    product = play.studio.client("servicecatalog").search_products()["ProductViewSummaries"][0]
    parameters = {"GithubUserName": DATA_SCIENTIST, "GithubAccessToken": f"ghp_{'0' * 36}"}
    sagemaker.create_project(
        ProjectName=_REFUSED_PROJECT,
        ServiceCatalogProvisioningDetails={
            "ProductId": product["ProductId"],
            "ProvisioningArtifactId": _versions(play)[-1],
            "ProvisioningParameters": [{"Key": k, "Value": v} for k, v in parameters.items()],
        },
        Tags=studio_tags(DATA_SCIENTIST),
    )
    _wait_for_status(play, _REFUSED_PROJECT, "CreateFailed", "CreateCompleted")
    sagemaker.delete_project(ProjectName=_REFUSED_PROJECT)
    play.say("the launch was refused and left nothing")


def _read_permissions(play: Play) -> None:
    """Read what every role of ours is granted, while all of them are there."""
    play.facts["granted"] = read_granted(play.world.administrator)
    play.say(f"{len(play.facts['granted'])} roles are read")


def _delete_everything(play: Play) -> None:
    """Delete the project with its live endpoint and its data, then the product."""
    clean_up.delete_project(play)
    clean_up.destroy_product(play)


def _versions(play: Play) -> list[str]:
    """Ids of the product's versions, the newest last."""
    catalog = play.studio.client("servicecatalog")
    product = catalog.search_products()["ProductViewSummaries"][0]["ProductId"]
    found = catalog.describe_product(Id=product)["ProvisioningArtifacts"]
    return [str(v["Id"]) for v in sorted(found, key=lambda version: version["CreatedTime"])]


def _wait_for_status(play: Play, project: str, wanted: str, unwanted: str) -> None:
    sagemaker = play.studio.client("sagemaker")

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = sagemaker.describe_project(ProjectName=project)
        return found if found["ProjectStatus"] in (wanted, unwanted) else None

    found = play.wait(f"The end of the change of {project}", ended, seconds=300)
    if found["ProjectStatus"] == unwanted:
        details = json.dumps(found.get("ServiceCatalogProvisionedProductDetails", {}))
        raise RehearsalError(f"The project {project} is {unwanted}: {details}")


DETOURS = (
    *ACTS[:-1],
    Act("update", "Update the project to a second version", _update),
    Act("deploy again", "Remove the endpoint and deploy by hand", _deploy_again),
    Act("second model", "Build, approve and deploy a second model", _second_model),
    Act("token check", "Look at the projects' tokens and endpoints", _check_tokens),
    Act("refused launch", "Launch a project that GitHub refuses", _refused_launch),
    Act("read", "Read what each role is granted", _read_permissions),
    Act("delete everything", "Delete the project, its endpoint and its data", _delete_everything),
)
