"""What the page of a version says of it, made of what is known."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.asking.account import Account
from console.asking.ledger import Presence
from console.asking.names import ProjectNames
from console.asking.project import Described
from console.asking.versions import Version
from console.deciding.decision import APPROVE, OPEN, REJECT, gate_hindrance
from console.deciding.situation import Situation
from console.pages.ways import commit_page
from console.words.shown import minute
from console.words.states import APPROVED, REJECTED, in_words

_WEB = re.compile(r"https?://\S+")
_NOBODY = "nobody who is known, so that it is not deployed; approve it once more"


@dataclass(frozen=True)
class Fact:
    """One thing that is known.

    Args:
        more: what stands below it; empty if nothing.
        address: what it is a link to; empty if it is none.
    """

    name: str
    text: str
    more: str = ""
    address: str = ""


def decided_of(version: Version, seen: Situation) -> list[Fact]:
    """What was decided of a version, by whom and why."""
    package = version.package
    facts = [Fact("Comment", str(package.get("ApprovalDescription", "")))]
    if seen.approval == APPROVED:
        facts.append(Fact("Approved by", seen.approved_by or _NOBODY))
    how = "Let into {}" if seen.is_told_by_registry else "Gate of {} opened"
    for stage, who in seen.decided.opened_by.items():
        facts.append(Fact(f"{how.format(stage)} by", who))
    cycle = package.get("ModelLifeCycle") or {}
    if cycle:
        told = f"{cycle.get('Stage', '')}: {in_words(str(cycle.get('StageStatus', '')))}"
        facts.append(Fact("Life cycle", told, str(cycle.get("StageDescription", ""))))
    changed = minute(package.get("LastModifiedTime"))
    facts.append(Fact("Changed last", changed, _arn(package.get("LastModifiedBy"))))
    return [fact for fact in facts if fact.text]


@dataclass(frozen=True)
class Choice:
    """A decision that may be made, or why it cannot be made now.

    Args:
        name: as the form sends it.
        text: of its button.
        hindrance: empty if it can be made.
    """

    name: str
    text: str
    hindrance: str = ""


def choices_of(seen: Situation) -> Sequence[Choice]:
    """What may be decided of a version."""
    return list(_choices(seen))


def _choices(seen: Situation) -> Iterator[Choice]:
    if seen.is_approvable:
        yield Choice(APPROVE, "Approve …")
    if seen.approval != REJECTED:
        yield Choice(REJECT, "Reject …")
    for stage in seen.gates_of_registry:
        hindrance = gate_hindrance(seen, stage)
        yield Choice(f"{OPEN} {stage}", f"Open the gate of {stage} …", hindrance)


@dataclass(frozen=True)
class Place:
    """A version in a stage.

    Args:
        is_live: whether it serves there now.
        is_coming: whether a run brings it there.
    """

    stage: str
    presence: Presence
    is_live: bool
    is_coming: bool

    @property
    def run(self) -> str:
        """Address of the last run; empty if it is none."""
        return self.presence.run if _WEB.fullmatch(self.presence.run) else ""


def places_of(seen: Situation) -> Sequence[Place]:
    """Where a version was, in the order of the stages; those that are listed no more come last."""
    names = dict.fromkeys([*seen.gates, *sorted(seen.records)])
    found = (_place(seen, name) for name in names)
    return [one for one in found if one.presence != Presence() or one.is_live or one.is_coming]


def _place(seen: Situation, name: str) -> Place:
    record = seen.record(name)
    under_way = record.under_way
    return Place(
        name,
        record.of(seen.arn),
        is_live=seen.is_this(record.serves),
        is_coming=under_way is not None and seen.is_this(under_way.arn),
    )


def origin_of(
    account: Account, project: ProjectNames, version: Version, described: Described | None
) -> list[Fact]:
    """Where a version comes from; what is not recorded is left out."""
    told, provenance = version.metadata, version.report and version.report.provenance
    commit = told.get("commit", "")
    specified = version.package.get("InferenceSpecification") or {}
    container = (specified.get("Containers") or [{}])[0]
    facts = [
        Fact("Commit", commit, address=commit_page(account, project, described, commit)),
        Fact("Execution", told.get("pipeline-execution", "")),
        Fact("SHA-256 of the data", provenance.data_sha256 if provenance else ""),
        Fact("Image", str(container.get("Image", ""))),
        Fact("Model", str(container.get("ModelDataUrl", ""))),
        Fact("Registered", minute(version.created), _arn(version.package.get("CreatedBy"))),
        Fact("Model package", version.arn),
    ]
    return [fact for fact in facts if fact.text]


def _arn(user: Mapping[str, Any] | None) -> str:
    """Of a `UserContext`; of somebody in Studio, the profile."""
    told = user or {}
    identity = told.get("IamIdentity") or {}
    return str(told.get("UserProfileArn") or identity.get("Arn") or "")
