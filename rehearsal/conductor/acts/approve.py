"""Act: a reviewer approves the model version, and the event deploys it to the first stage."""

import time

from rehearsal.conductor.acts.deployments import Title, endpoint_name, wait_for_end, wait_for_record
from rehearsal.conductor.acts.reviewers import decide
from rehearsal.conductor.acts.stage import FIRST_STAGE, Stage
from rehearsal.conductor.errors import RehearsalError


def play(stage: Stage) -> None:
    """Approve in the registry and wait for the deploy workflow and the endpoint."""
    arn = stage.facts["model_package_arn"]
    stage.facts["approved_at"] = time.time()
    decide(stage, arn, "Approved", "Approved in the rehearsal")
    stage.say(f"approved {arn}")
    run = wait_for_end(stage, Title.of_deployment(arn, FIRST_STAGE))
    stage.say(f"the approval started the deploy workflow ({run.html_url})")
    check_endpoint(stage, FIRST_STAGE)
    wait_for_record(stage, arn, FIRST_STAGE)
    stage.say(f"the registry tells that the version is healthy in {FIRST_STAGE}")


def check_endpoint(stage: Stage, stage_name: str) -> None:
    """Look whether the endpoint of a stage is in service.

    Raises:
        RehearsalError: it is not.
    """
    name = endpoint_name(stage_name)
    sagemaker = stage.user_of(stage_name).client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    if endpoint["EndpointStatus"] != "InService":
        raise RehearsalError(
            f"The endpoint {name} is {endpoint['EndpointStatus']}: "
            f"{endpoint.get('FailureReason', 'no reason given')}",
            log=stage.world.logs / "aws.log",
        )
    stage.facts["endpoint_name"] = name
    stage.say(f"the endpoint {name} is InService")
