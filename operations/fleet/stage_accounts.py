"""Stages that lie in AWS accounts of their own, where nobody looks at endpoints."""

from typing import Any

from operations.fleet.catalog import Launched
from operations.fleet.gaps import Gaps

_ABOUT = "Idle endpoints"
_PARAMETER = "StageAccounts"


def tell_hidden_stages(cloudformation: Any, launched: Launched, gaps: Gaps) -> None:
    """Say that endpoints in the accounts that a project names are not visible from here."""
    accounts = ""
    if launched.stack:
        accounts = gaps.ask(
            _ABOUT, "cloudformation", lambda: _accounts(cloudformation, launched.stack), ""
        )
    if accounts:
        gaps.tell(f"{_ABOUT}: those of {launched.name} in {accounts} are not visible from here.")


def _accounts(cloudformation: Any, stack: str) -> str:
    (told,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    given = {one["ParameterKey"]: one["ParameterValue"] for one in told.get("Parameters", ())}
    return ", ".join(filter(None, given.get(_PARAMETER, "").split(",")))
