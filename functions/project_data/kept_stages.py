"""Looks whether an update of a project may take stages away, before their roles go.

A role of a stage goes only after its endpoint, which nobody could remove without it: a stack of the
project's account, or, of a stage in an account of its own, what the ledger says. A stage keeps its
place: in another one CloudFormation makes its roles, by their names, before it deletes those of the
old place, and IAM refuses.
"""

from dataclasses import dataclass
from typing import Any

from cloudformation_response.stacks import find_stack, is_rolling_back
from invocation.aws_errors import AWS_ERRORS, AwsError, in_words
from project_data.errors import DataError


class StageMovedError(DataError):
    """A stage is in another place than before."""

    def __init__(self, name: str, old: int, new: int) -> None:
        super().__init__(
            f"Stages has {name} in place {new}, where it was in place {old}; put it back, leave "
            "the place of a removed stage empty, as in dev,,live, and update the project again."
        )


class StageServesError(DataError):
    """A stage is to go while its endpoint is there."""

    def __init__(self, name: str, seen: str) -> None:
        super().__init__(
            f"Stages no longer has {name}, whose endpoint is still there ({seen}); run the "
            f"workflow Remove endpoint of the deploy repository for {name}, take it out of "
            "config/stages.yml there, and update the project again."
        )


class StagesUnknownError(DataError):
    """AWS does not tell what is there."""

    def __init__(self, what: str, error: AwsError) -> None:
        super().__init__(
            f"AWS did not tell {what} ({in_words(error)}), so no stage was taken away; update the "
            "project again."
        )


@dataclass(frozen=True)
class Witnesses:
    """Who tells what a stage serves.

    Attributes:
        cloudformation: client of the project's account and region.
        dynamodb: the same, of the ledger that the dispatch function writes.
        table: with the ledger.
    """

    cloudformation: Any
    dynamodb: Any
    table: str

    def is_rolling_back(self, stack_id: str) -> bool:
        """Tell whether the stages go back to what they were, which nobody may refuse."""
        try:
            return is_rolling_back(self.cloudformation, stack_id)
        except AWS_ERRORS as error:
            raise StagesUnknownError("what becomes of the project's stack", error) from None

    def endpoint(self, project_id: str, group: str, name: str) -> str:
        """Name what shows that a stage has an endpoint; empty if nothing does."""
        stack_name = f"mlops-{project_id}-{name}"
        try:
            stack = find_stack(self.cloudformation, stack_name)
        except AWS_ERRORS as error:
            raise StagesUnknownError(f"whether stack {stack_name} is there", error) from None
        # One that is being deleted needs its role still.
        if stack is not None and stack["StackStatus"] != "DELETE_COMPLETE":
            return f"stack {stack_name}"
        record = self._records(group).get(name, {}).get("M", {})
        if record.get("serves", {}).get("S") or "M" in record.get("under_way", {}):
            return "as its last run told"
        return ""

    def _records(self, group: str) -> dict[str, Any]:
        """What the ledger has of each stage, as DynamoDB writes it."""
        key = {"ClaimId": {"S": f"stages {group}"}}
        try:
            found = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        except AWS_ERRORS as error:
            raise StagesUnknownError("what the stages serve", error) from None
        records: dict[str, Any] = found.get("Item", {}).get("Records", {}).get("M", {})
        return records


@dataclass(frozen=True)
class Change:
    """An update of a project's stages.

    Attributes:
        project_id: whose they are.
        group: its model package group.
        stack_id: of the project.
        before: the stage in each place, or nothing.
        wanted: the same after the update.
    """

    project_id: str
    group: str
    stack_id: str
    before: tuple[str, ...]
    wanted: tuple[str, ...]

    @property
    def gone(self) -> list[str]:
        """The stages that it takes away."""
        return [name for name in self.before if name and name not in self.wanted]

    @property
    def moved(self) -> list[str]:
        """The stages that it gives another place."""
        kept = [name for name in self.wanted if name and name in self.before]
        return [name for name in kept if self.before.index(name) != self.wanted.index(name)]


def check_stages(change: Change, witnesses: Witnesses) -> None:
    """Refuse an update that moves a stage, or takes one away that has an endpoint.

    Raises:
        StageMovedError: a stage has another place.
        StageServesError: a stage that goes has an endpoint.
        StagesUnknownError: AWS does not tell.
    """
    if not (change.gone or change.moved):
        return
    if witnesses.is_rolling_back(change.stack_id):
        return
    for name in change.moved:
        places = [places.index(name) + 1 for places in (change.before, change.wanted)]
        raise StageMovedError(name, *places)
    for name in change.gone:
        seen = witnesses.endpoint(change.project_id, change.group, name)
        if seen:
            raise StageServesError(name, seen)
