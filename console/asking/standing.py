"""Which version a stage serves, and what is told of it there."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.asking.account import QUIET_SECONDS, Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.ledger import ledger_question
from console.asking.names import ProjectNames
from console.asking.stages import registered_version, served
from console.asking.versions import Version, describe_version, versions_question
from deploy_endpoint.model.stage_status import Live, StageStatus, status_of
from operations.fleet.stages import Stage

_FRESH_SECONDS = 4.0


@dataclass(frozen=True)
class Standing:
    """A stage.

    Args:
        stage: as the ledger tells it, or the registry.
        status: what the registry says of the version that it serves.
        is_told_by_registry: whether the ledger was closed.
    """

    stage: Stage
    status: StageStatus
    is_told_by_registry: bool

    @property
    def attention(self) -> str:
        """What people have to do; empty if nothing."""
        return self.stage.attention or self.status.attention


def standing_question(account: Account, project: ProjectNames, stage: str) -> Question:
    """Ask what a stage serves; the newest versions, and the one that serves if it is older."""

    def ask(gaps: PageGaps) -> Standing:
        ledger: Sequence[Stage] | None = ledger_question(account, project).ask(gaps)
        versions: Sequence[Version] = versions_question(account, project).ask(gaps)
        [found] = served({stage: ""}, ledger, versions, {})
        number = found.stage.version
        if number.isdecimal() and all(str(version.number) != number for version in versions):
            arn = project.version_arn(int(number), account.identity)
            older = describe_version(account, arn, gaps)
            versions = [*versions, *([older] if older else [])]
        told = [registered_version(version) for version in versions]
        return Standing(
            stage=found.stage,
            status=status_of(stage, told, None if ledger is None else _live(number, versions)),
            is_told_by_registry=ledger is None,
        )

    return Question("standing", (project.group, stage), ask, _FRESH_SECONDS, _at_least)


def _at_least(standing: Standing) -> float:
    return 0.0 if standing.stage.under_way else QUIET_SECONDS


def _live(number: str, versions: Sequence[Version]) -> Live:
    """What the ledger says that serves, by the ARN that the registry writes."""
    return Live(arn=next((one.arn for one in versions if str(one.number) == number), ""))


@dataclass(frozen=True)
class Serving:
    """The version that a stage serves.

    Args:
        version: None if it serves none, or that may not be read.
        is_noted: whether the ledger has an entry for the stage.
    """

    version: Version | None
    is_noted: bool = False


def serving_version(account: Account, project: ProjectNames, stage: str, gaps: PageGaps) -> Serving:
    """Ask which version a stage serves."""
    ledger: Sequence[Stage] | None = ledger_question(account, project).ask(gaps)
    if ledger is None:
        versions: Sequence[Version] = versions_question(account, project).ask(gaps)
        number = status_of(stage, [registered_version(version) for version in versions]).version
        return Serving(next((one for one in versions if str(one.number) == number), None))
    noted = {one.name: one.version for one in ledger}
    number = noted.get(stage, "")
    if not number.isdecimal():
        return Serving(None, stage in noted)
    arn = project.version_arn(int(number), account.identity)
    return Serving(describe_version(account, arn, gaps), is_noted=True)
