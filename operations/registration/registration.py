"""All steps of a registration, in order: what they would do, then what they did."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from operations.registration.bootstrap_step import BootstrapStep
from operations.registration.deploy_step import DeployStep
from operations.registration.prerequisites_step import PrerequisitesStep
from operations.registration.push_step import PushStep
from operations.registration.repository_step import RepositoryStep
from operations.registration.secrets_step import SecretsStep
from operations.registration.setting import Setting
from operations.registration.step import Step
from operations.registration.variables_step import VariablesStep
from operations.registration.workflow_step import WorkflowStep


@dataclass(frozen=True)
class Done:
    """What became of one step.

    Args:
        title: of the step.
        did: what was done; empty if there was nothing to do.
        seconds: that it took.
    """

    title: str
    did: str
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON."""
        return asdict(self)


def steps_of(setting: Setting) -> list[Step]:
    """The steps by which GitHub's workflow registers the template, or this machine does."""
    prerequisites, push = PrerequisitesStep(setting), PushStep(setting)
    if not setting.owner:
        return [BootstrapStep(setting), prerequisites, DeployStep(setting)]
    return [
        BootstrapStep(setting),
        RepositoryStep(setting),
        prerequisites,
        SecretsStep(setting, prerequisites),
        VariablesStep(setting),
        push,
        WorkflowStep(setting, push),
    ]


def plan(steps: list[Step]) -> list[str]:
    """What the steps would do; nothing if all is done."""
    return [line for step in steps if (line := step.look())]


def carry_out(steps: list[Step], begin: Callable[[int, Step], None]) -> Iterator[Done]:
    """Do what is missing, one step after the other.

    Args:
        steps: in order.
        begin: is told the number of each step before it begins, from 1.
    """
    for number, step in enumerate(steps, 1):
        begin(number, step)
        began = time.monotonic()
        did = step.look()
        if did:
            step.do()
        yield Done(step.title, did, round(time.monotonic() - began, 1))
