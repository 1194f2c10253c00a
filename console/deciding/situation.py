"""All that is known when somebody is about to decide about a version."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.asking.ledger import Decided, StageRecord
from console.deciding.person import person_of
from console.words import versions
from console.words.gates import REGISTRY
from console.words.states import APPROVED


def number_of(arn: str) -> int:
    """A version's number; 0 for no version."""
    return int(versions.number_of(arn) or 0)


@dataclass(frozen=True)
class Situation:
    """One version, the stages of its project, and who looks.

    Args:
        arn: of the version, as the registry writes it.
        approval: its status.
        you: ARN of whoever looks.
        gates: what a version needs to enter each stage, in order; empty texts if that is not known.
        are_gates_known: whether these are the stages of `config/stages.yml`.
        records: what is known of each stage.
        decided: what people decided of the version.
        asked: the stages that its life cycle says it waits for, where the ledger is closed.
        restorable: ARNs, in small letters, of versions that a stage may go back to; None if that is
            not known.
        is_told_by_registry: whether the ledger was closed.
        owner: of the project's repositories on GitHub; empty if that is not known.
    """

    arn: str
    approval: str
    you: str
    gates: Mapping[str, str]
    are_gates_known: bool = True
    records: Mapping[str, StageRecord] = field(default_factory=dict)
    decided: Decided = field(default_factory=Decided)
    asked: frozenset[str] = frozenset()
    restorable: frozenset[str] | None = None
    is_told_by_registry: bool = False
    owner: str = ""

    @property
    def number(self) -> int:
        """Of the version."""
        return number_of(self.arn)

    @property
    def is_yours(self) -> bool:
        """Whether whoever looks approved the version."""
        return bool(self.approved_by) and person_of(self.you) == self.approved_by

    @property
    def approved_by(self) -> str:
        """Who approved it; empty if nobody was seen to."""
        return self.decided.approved_by

    @property
    def is_approvable(self) -> bool:
        """Whether an approval would change anything."""
        is_nobodys = not self.approved_by and not self.is_told_by_registry
        return self.approval != APPROVED or is_nobodys

    @property
    def gates_of_registry(self) -> list[str]:
        """The stages that somebody opens in the registry, in order."""
        return [name for name, gate in self.gates.items() if gate == REGISTRY]

    def record(self, stage: str) -> StageRecord:
        """What is known of a stage; nothing, if no run ever ended there."""
        return self.records.get(stage, StageRecord())

    def is_this(self, arn: str) -> bool:
        """Whether an ARN is this version's."""
        return arn.lower() == self.arn.lower()

    def waits_for(self, stage: str) -> bool:
        """Whether people were asked to open a stage for it."""
        is_asked = stage in self.asked if self.is_told_by_registry else self.decided.gate == stage
        return is_asked and self.approval == APPROVED
