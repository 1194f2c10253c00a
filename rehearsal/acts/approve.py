"""Act 5: a reviewer approves the model version, and the event deploys it."""

from rehearsal.acts.stage import PROJECT_NAME, Stage
from rehearsal.errors import RehearsalError
from rehearsal.github_setup import DATA_SCIENTIST

STAGE_NAME = "dev"


def play(stage: Stage) -> None:
    """Approve in the registry and wait for the deploy workflow and the endpoint."""
    sagemaker = stage.world.administrator.client("sagemaker")
    sagemaker.update_model_package(
        ModelPackageArn=stage.facts["model_package_arn"],
        ModelApprovalStatus="Approved",
        ApprovalDescription="Approved in the rehearsal",
    )
    stage.say(f"approved {stage.facts['model_package_arn']}")
    repository = stage.github(DATA_SCIENTIST).get_repo(f"{DATA_SCIENTIST}/{PROJECT_NAME}-deploy")
    run = stage.wait_for_run(repository, "deploy.yml", seconds=300)
    stage.say(f"the approval started the deploy workflow ({run.html_url})")
    name = f"{PROJECT_NAME}-{STAGE_NAME}"
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    if endpoint["EndpointStatus"] != "InService":
        raise RehearsalError(
            f"The endpoint {name} is {endpoint['EndpointStatus']}: "
            f"{endpoint.get('FailureReason', 'no reason given')}",
            log=stage.world.logs / "aws.log",
        )
    stage.facts["endpoint_name"] = name
    stage.say(f"the endpoint {name} is InService")
