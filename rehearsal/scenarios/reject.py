"""Reject the version that every stage serves: the last healthy one comes back, without a build."""

from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.acts.deployments import Title, wait_for_end, wait_for_record
from rehearsal.acts.promote import review_if_waiting
from rehearsal.acts.reviewers import decide
from rehearsal.acts.stage import Stage
from rehearsal.errors import RehearsalError
from rehearsal.scenarios.second_model import bring_to_all_stages, build_second_model

_CHANGE = ("max_depth = 5", "max_depth = 4")


def play(stage: Stage) -> None:
    """Bring a second version everywhere, reject it, and see the first one everywhere again."""
    first = str(stage.facts["model_package_arn"])
    second = build_second_model(stage, "pipeline.toml", *_CHANGE, "Try smaller trees")
    bring_to_all_stages(stage)
    for name in stage.options.stages:
        _check_served(stage, name, second)
    builds = _executions(stage)
    decide(stage, second, "Rejected", "Worse for old abalones")
    stage.say(f"rejected {second}")
    for name in stage.options.stages:
        title = Title.of_deployment(first, name, instead_of=second)
        review_if_waiting(stage, title, name)
        wait_for_end(stage, title)
        wait_for_record(stage, first, name)
        _check_served(stage, name, first)
        stage.say(f"{name} serves the first version again")
    if _executions(stage) != builds:
        raise RehearsalError("The rejection started a build, though nothing had to be built.")
    stage.facts["restored"] = list(stage.options.stages)


def _check_served(stage: Stage, name: str, arn: str) -> None:
    """Look at the stage's stack.

    Raises:
        RehearsalError: it serves another version.
    """
    client = stage.user_of(name).client("cloudformation")
    stack = names.endpoint_stack(stage.facts["project_id"], name)
    outputs: list[dict[str, Any]] = client.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    served = next(o["OutputValue"] for o in outputs if o["OutputKey"] == "ModelPackageArn")
    if served != arn:
        raise RehearsalError(f"The stage {name} serves {served}, not {arn}.")


def _executions(stage: Stage) -> int:
    sagemaker = stage.world.administrator.client("sagemaker")
    (pipeline,) = sagemaker.list_pipelines()["PipelineSummaries"]
    listed = sagemaker.list_pipeline_executions(PipelineName=pipeline["PipelineName"])
    return len(listed["PipelineExecutionSummaries"])
