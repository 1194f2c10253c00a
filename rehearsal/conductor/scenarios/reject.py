"""Reject the version that every stage serves: the last healthy one comes back, without a build."""

from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import approve, promote
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.deployments import Title, wait_for_end, wait_for_record
from rehearsal.conductor.acts.reviewers import decide
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.scenarios.changed_model import build_changed_model
from rehearsal.conductor.scenarios.traffic import Count, ask_meanwhile

_CHANGE = ("max_depth = 5", "max_depth = 4")


def perform(play: Play) -> None:
    """Bring a second version everywhere, reject it, and see the first one everywhere again."""
    first = str(play.facts["model_package_arn"])
    second = build_changed_model(play, "pipeline.toml", *_CHANGE, "Try smaller trees")
    _bring_everywhere(play, second)
    builds = _executions(play)
    decide(play, second, "Rejected", "Worse for old abalones")
    play.say(f"rejected {second}")
    _see_everywhere_again(play, first, instead_of=second)
    if _executions(play) != builds:
        raise RehearsalError("The rejection started a build, though nothing had to be built.")
    play.facts["restored"] = list(play.options.stages)


def _bring_everywhere(play: Play, arn: str) -> None:
    """Approve a version, and bring it through every gate; clients ask the last stage meanwhile."""
    approve.perform(play)
    *between, last = play.options.stages[1:]
    for name in between:
        promote.bring(play, arn, name)
    with ask_meanwhile(play, last, "canary") as count:
        promote.bring(play, arn, last)
    _check_sound(play, count, f"while {last} took over the second version")
    for name in play.options.stages:
        _check_served(play, name, arn)


def _see_everywhere_again(play: Play, arn: str, *, instead_of: str) -> None:
    """Let every stage go back, all at once; clients ask the last one meanwhile."""
    titles = {
        name: Title.of_deployment(arn, name, instead_of=instead_of) for name in play.options.stages
    }
    last = play.options.stages[-1]
    with ask_meanwhile(play, last, "restoration") as count:
        for name, title in titles.items():
            promote.review_if_waiting(play, title, name)
        for name, title in titles.items():
            wait_for_end(play, title)
            wait_for_record(play, arn, name)
            _check_served(play, name, arn)
            play.say(f"{name} serves the first version again")
    _check_sound(play, count, f"while {last} went back")


def _check_sound(play: Play, count: Count, when: str) -> None:
    """Tell how many requests were answered.

    Raises:
        RehearsalError: a model failed.
    """
    play.say(f"{when}, {count.sound} of {count.sent} requests had predictions")
    if count.faulty:
        raise RehearsalError(f"A sound version failed {when}: {count}.")


def _check_served(play: Play, name: str, arn: str) -> None:
    """Look at the stage's stack.

    Raises:
        RehearsalError: it serves another version.
    """
    client = play.user_of(name).client("cloudformation")
    stack = names.endpoint_stack(play.facts["project_id"], name)
    outputs: list[dict[str, Any]] = client.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    served = next(o["OutputValue"] for o in outputs if o["OutputKey"] == "ModelPackageArn")
    if served != arn:
        raise RehearsalError(f"The stage {name} serves {served}, not {arn}.")


def _executions(play: Play) -> int:
    sagemaker = play.world.administrator.client("sagemaker")
    (pipeline,) = sagemaker.list_pipelines()["PipelineSummaries"]
    listed = sagemaker.list_pipeline_executions(PipelineName=pipeline["PipelineName"])
    return len(listed["PipelineExecutionSummaries"])
