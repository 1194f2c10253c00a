"""A decision about a project's stages, as the dispatch function writes it into its log.

What it was made of is read as far as a sentence needs it; a test holds this against the function.
"""

from pydantic import BaseModel, ConfigDict, ValidationError

MARK = "decided "


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Order(_Told):
    """A run that a stage needs."""

    kind: str
    stage: str
    arn: str = ""
    instead_of: str = ""
    decision: int = 0


class UnderWay(_Told):
    """A run that is on its way."""

    order: Order


class Step(_Told):
    """What is to be done; which members it has depends on `step`."""

    step: str
    order: Order | None = None
    under_way: UnderWay | None = None
    arn: str = ""
    stage: str = ""
    sentence: str = ""


class Stage(_Told):
    """A stage of the project's list, and what a version needs to enter it."""

    name: str
    approval: str = ""


class Version(_Told):
    """A version, and what people decided of it."""

    arn: str
    is_approved: bool = False
    approved_by: str = ""
    decision: int = 0
    opened_by: dict[str, str] = {}


class Presence(_Told):
    """A version in a stage: the number of the last decision that was carried out there."""

    tried: int = -1


class Record(_Told):
    """What is known of a stage."""

    serves: str = ""
    versions: dict[str, Presence] = {}


class View(_Told):
    """What a decision was made of."""

    stages: tuple[Stage, ...] = ()
    versions: dict[str, Version] = {}
    records: dict[str, Record] = {}

    def serves(self, stage: str) -> str:
        """ARN of the version that a stage serves; empty if none."""
        return self.records[stage].serves if stage in self.records else ""

    def tried(self, stage: str, arn: str) -> int:
        """Number of the last decision about a version that a stage carried out; -1 if none."""
        record = self.records.get(stage, Record())
        return record.versions.get(arn, Presence()).tried

    def approval(self, stage: str) -> str:
        """What a version needs to enter a stage; empty if that is not told."""
        return next((one.approval for one in self.stages if one.name == stage), "")


class Decided(_Told):
    """What it was made of, and what it came to."""

    view: View
    steps: tuple[Step, ...] = ()


def parse_decided(text: str) -> Decided | None:
    """Read a line's text; None if it tells no decision, or not as this console knows it."""
    if not text.startswith(MARK):
        return None
    try:
        return Decided.model_validate_json(text.removeprefix(MARK))
    except ValidationError:
        return None
