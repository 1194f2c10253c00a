"""Act: a reviewer approves the model version, and the event deploys it to the first stage."""

import time

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.deployments import Title, endpoint_name, wait_for_end, wait_for_record
from rehearsal.conductor.acts.reviewers import decide
from rehearsal.conductor.errors import RehearsalError


def perform(play: Play) -> None:
    """Approve in the registry and wait for the deploy workflow and the endpoint."""
    arn = play.facts["model_package_arn"]
    play.facts["approved_at"] = time.time()
    decide(play, arn, "Approved", "Approved in the rehearsal")
    play.say(f"approved {arn}")
    first = play.options.stages[0]
    run = wait_for_end(play, Title.of_deployment(arn, first))
    play.say(f"the approval started the deploy workflow ({run.html_url})")
    check_endpoint(play, first)
    wait_for_record(play, arn, first)
    play.say(f"the registry tells that the version is healthy in {first}")


def check_endpoint(play: Play, stage: str) -> None:
    """Look whether the endpoint of a stage is in service.

    Raises:
        RehearsalError: it is not.
    """
    name = endpoint_name(stage)
    sagemaker = play.user_of(stage).client("sagemaker")
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    if endpoint["EndpointStatus"] != "InService":
        raise RehearsalError(
            f"The endpoint {name} is {endpoint['EndpointStatus']}: "
            f"{endpoint.get('FailureReason', 'no reason given')}",
            log=play.world.logs / "aws.log",
        )
    play.facts["endpoint_name"] = name
    play.say(f"the endpoint {name} is InService")
