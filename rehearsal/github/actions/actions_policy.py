"""What keeps runs from starting: the actions that an owner allows, and minutes that are spent.

Both sentences are GitHub's own, as users report them, for instance in whiteducksoftware/
azure-arm-action#10, VATSIM-UK/uk-controller-pack#447 and nodejs/admin#980.
Source: https://docs.github.com/en/organizations/managing-organization-settings/disabling-or-limiting-github-actions-for-your-organization
"""

import fnmatch
from collections.abc import Iterable

from rehearsal.github.actions.workflow import JobPlan
from rehearsal.github.actions.workflow_yaml import WorkflowError
from rehearsal.github.core.resources import Account, Job, Repository

MINUTES_ARE_SPENT = (
    "The job was not started because recent account payments have failed or your spending limit "
    "needs to be increased. Please check the 'Billing & plans' section in your settings"
)
_SELF_HOSTED = "self-hosted"


class ActionsNotAllowedError(WorkflowError):
    """The workflow uses actions that the owner does not allow; no job of it starts."""


def check_actions(owner: Account, repository: Repository, jobs: Iterable[JobPlan]) -> None:
    """Compare what the steps use with the owner's list; the owner's own actions need none.

    Raises:
        ActionsNotAllowedError: GitHub's sentence about those that are not allowed.
    """
    if owner.allowed_actions is None:
        return
    patterns = (f"{owner.login}/*", *owner.allowed_actions)
    used = [str(step["uses"]) for job in jobs for step in job.steps if "uses" in step]
    refused = [
        name
        for name in dict.fromkeys(used)
        if not name.startswith("./") and not any(_matches(name, one) for one in patterns)
    ]
    if refused:
        listed = ", ".join(owner.allowed_actions)
        others = f" or matching the following: {listed}" if listed else ""
        raise ActionsNotAllowedError(
            f"{_enumerate(refused)} not allowed to be used in {repository.full_name}. Actions in "
            f"this workflow must be: within a repository owned by {owner.login}{others}."
        )


def runner_refusal(owner: Account, repository: Repository, job: Job) -> str | None:
    """Why GitHub gives a job no runner of its own; public repositories and others' are free."""
    is_paid = repository.private and _SELF_HOSTED not in job.labels
    return MINUTES_ARE_SPENT if owner.minutes_are_spent and is_paid else None


def _matches(name: str, pattern: str) -> bool:
    """Whether `owner/name@ref` is what a pattern such as `actions/*` or `a/b@v1` allows."""
    return fnmatch.fnmatchcase(name.lower(), pattern.lower())


def _enumerate(names: list[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} is"
    comma = "," if len(names) > 2 else ""
    return f"{', '.join(names[:-1])}{comma} and {names[-1]} are"
