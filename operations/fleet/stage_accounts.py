"""Stages that lie in AWS accounts of their own, where nobody looks at endpoints."""

from typing import Any

from operations.fleet.catalog import Launched
from operations.fleet.gaps import Gaps
from operations.fleet.kept import Keep, ask_anew

_ABOUT = "Idle endpoints"
_PARAMETER = "StageAccounts"


def tell_hidden_stages(
    cloudformation: Any, launched: Launched, gaps: Gaps, keep: Keep = ask_anew
) -> None:
    """Say that endpoints in the accounts that a project names are not visible from here."""
    accounts: str | None = None
    if launched.stack:
        # Parameters change with an operation of Service Catalog, which has a record of its own.
        accounts = keep(
            ("stage accounts", launched.stack, launched.record_id, launched.status),
            lambda: gaps.ask(
                _ABOUT, "cloudformation", lambda: _accounts(cloudformation, launched.stack), None
            ),
        )
    if accounts:
        gaps.tell(f"{_ABOUT}: those of {launched.name} in {accounts} are not visible from here.")


def _accounts(cloudformation: Any, stack: str) -> str:
    (told,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    given = {one["ParameterKey"]: one["ParameterValue"] for one in told.get("Parameters", ())}
    return ", ".join(filter(None, given.get(_PARAMETER, "").split(",")))
