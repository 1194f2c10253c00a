"""What GitHub is asked for: one run of a workflow of the deploy repository."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

FIRST_STAGE = "dev"
LATER_STAGES = ("staging", "prod")
STAGES = (FIRST_STAGE, *LATER_STAGES)
_REMOVE_WORKFLOW = "destroy.yml"


@dataclass(frozen=True)
class Order:
    """A run that is to be started once.

    Args:
        claim: what is claimed by whoever starts it; names no version that may still change.
        workflow: its file.
        title: the run's name; the workflow's `run-name` makes the same of the inputs.
        inputs: of the workflow.
    """

    claim: str
    workflow: str
    title: str
    inputs: Mapping[str, str]

    def is_named(self, title: str) -> bool:
        """Tell whether a run with that name is one of this order."""
        return title == self.title

    def shares_stage(self, title: str) -> bool:
        """Tell whether a run with that name changes the same stage, whoever started it."""
        stage = re.escape(self.inputs["stage"])
        return re.fullmatch(rf"(Deploy .+ to|Remove) {stage}( instead of .+)?", title) is not None


def promotion(workflow: str, arn: str, stage: str, approved_by: str = "") -> Order:
    """Deploy a version to a stage."""
    inputs = {"model_package_arn": arn, "stage": stage, "approved_by": approved_by}
    return Order(_to(arn, stage), workflow, f"Deploy {_to(arn, stage)}", inputs)


def restoration(workflow: str, rejected: str, stage: str, since: str, arn: str) -> Order:
    """Deploy an earlier version to a stage, in place of one that is no longer approved.

    Args:
        workflow: the file.
        rejected: what the stage serves.
        stage: which.
        since: when a run of that stage ended last; each end asks anew.
        arn: what it is to serve.
    """
    inputs = {"model_package_arn": arn, "stage": stage, "instead_of": rejected}
    title = f"Deploy {_to(arn, stage)} instead of {rejected}"
    return Order(_out_of(rejected, stage, since), workflow, title, inputs)


def removal(rejected: str, stage: str, since: str) -> Order:
    """Remove a stage's endpoint, since no version is left that it could serve; as above."""
    inputs = {"stage": stage, "instead_of": rejected}
    title = f"Remove {stage} instead of {rejected}"
    return Order(_out_of(rejected, stage, since), _REMOVE_WORKFLOW, title, inputs)


def _to(arn: str, stage: str) -> str:
    return f"{arn} to {stage}"


def _out_of(arn: str, stage: str, since: str) -> str:
    return f"{arn} out of {stage} since {since}"
