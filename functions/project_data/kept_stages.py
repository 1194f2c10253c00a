"""Looks whether an update of a project may take stages away, before their roles go.

A role of a stage goes only after its endpoint, which nobody could remove without it. A stage keeps
its place: in another one CloudFormation makes its roles, by their names, before it deletes those
of the old place, and IAM refuses.
"""

from typing import Any

from invocation.aws_errors import AWS_ERRORS, error_text, in_words
from project_data.errors import DataError

_ROLLBACKS = ("ROLLBACK_", "UPDATE_ROLLBACK_")


class StageMovedError(DataError):
    """A stage is in another place than before."""

    def __init__(self, name: str, old: int, new: int) -> None:
        super().__init__(
            f"Stages has {name} in place {new}, where it was in place {old}; put it back, leave "
            "the place of a removed stage empty, as in dev,,live, and update the project again."
        )


class StageServesError(DataError):
    """A stage is to go while its endpoint's stack is there."""

    def __init__(self, name: str, stack_name: str) -> None:
        super().__init__(
            f"Stages no longer has {name}, whose endpoint is still there (stack {stack_name}); "
            f"take {name} out of config/stages.yml of the deploy repository, run its workflow "
            "Remove endpoint, and update the project again."
        )


class StagesUnknownError(DataError):
    """CloudFormation does not tell what is there."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(
            f"CloudFormation did not tell {what} ({why}), so no stage was taken away; update the "
            "project again."
        )


def check_stages(
    cloudformation: Any,
    *,
    project_id: str,
    stack_id: str,
    before: tuple[str, ...],
    wanted: tuple[str, ...],
) -> None:
    """Refuse an update that moves a stage, or takes one away that has an endpoint.

    Args:
        cloudformation: client of the project's account and region.
        project_id: whose endpoints are looked for.
        stack_id: of the project, to tell whether its update is being rolled back.
        before: the stage in each place, or nothing.
        wanted: the same after the update.

    Raises:
        StageMovedError: a stage has another place.
        StageServesError: a stage that goes has an endpoint.
        DataError: CloudFormation does not tell.
    """
    gone = [name for name in before if name and name not in wanted]
    moved = [name for name in wanted if name and name in before]
    moved = [name for name in moved if before.index(name) != wanted.index(name)]
    if not (gone or moved) or _is_rolling_back(cloudformation, stack_id):
        return
    for name in moved:
        raise StageMovedError(name, before.index(name) + 1, wanted.index(name) + 1)
    for name in gone:
        stack_name = f"mlops-{project_id}-{name}"
        if _stands(cloudformation, stack_name):
            raise StageServesError(name, stack_name)


def _is_rolling_back(cloudformation: Any, stack_id: str) -> bool:
    """Tell whether the stages go back to what they were, which nobody may refuse."""
    try:
        stacks = cloudformation.describe_stacks(StackName=stack_id)["Stacks"]
    except AWS_ERRORS as error:
        raise StagesUnknownError("what becomes of the project's stack", in_words(error)) from None
    return any(stack["StackStatus"].startswith(_ROLLBACKS) for stack in stacks)


def _stands(cloudformation: Any, stack_name: str) -> bool:
    """Tell whether there is such a stack; one that is being deleted needs its role still."""
    try:
        stacks = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    except AWS_ERRORS as error:
        if "does not exist" in error_text(error):
            return False
        raise StagesUnknownError(f"whether stack {stack_name} is there", in_words(error)) from None
    return any(stack["StackStatus"] != "DELETE_COMPLETE" for stack in stacks)
