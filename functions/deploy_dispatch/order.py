"""What GitHub is asked for: one run of a workflow of the deploy repository."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

DEPLOY, RESTORE, REMOVE, LOOK = "deploy", "restore", "remove", "look"
REMOVE_WORKFLOW = "destroy.yml"  # it also looks what a stage serves


@dataclass(frozen=True)
class Order:
    """A run that one decision asks for.

    Args:
        kind: DEPLOY, RESTORE, REMOVE or LOOK.
        stage: which.
        arn: the version that the stage is to serve; empty if none.
        instead_of: the version that is not to be served any more; empty if none.
        decision: the number of the decision, about `arn` or `instead_of`, that it follows from.
    """

    kind: str
    stage: str
    arn: str = ""
    instead_of: str = ""
    decision: int = 0

    @property
    def title(self) -> str:
        """The run's name; the workflow's `run-name` makes the same of the inputs."""
        way = f"Deploy {self.arn} to {self.stage}" if self.arn else f"Remove {self.stage}"
        if self.kind == LOOK:
            return f"Look at {self.stage}"
        return f"{way} instead of {self.instead_of}" if self.instead_of else way

    @property
    def inputs(self) -> Mapping[str, str]:
        """Inputs of the workflow."""
        told = {"model_package_arn": self.arn, "instead_of": self.instead_of}
        if self.kind == LOOK:
            told["only_look"] = "true"
        return {"stage": self.stage, **{key: value for key, value in told.items() if value}}

    def workflow(self, deploy_workflow: str) -> str:
        """The workflow's file, given that which deploys."""
        return deploy_workflow if self.arn else REMOVE_WORKFLOW

    def shares_stage(self, title: str) -> bool:
        """Tell whether a run with that name belongs to the same stage, whoever started it."""
        stage = re.escape(self.stage)
        pattern = rf"(Deploy .+ to|Remove|Look at) {stage}( instead of .+)?"
        return re.fullmatch(pattern, title) is not None
