"""What is seen at a look at a project: whoever decided something is written down then, once.

Who decided is who changed the version last, at the first look that sees the change. This function
and the roles of projects decide nothing; if one of them came in between, people must decide again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from deploy_dispatch.decide import VersionState, version_number
from deploy_dispatch.display import carries_anything
from deploy_dispatch.ledger import Decisions, Ledger, ProjectRecord
from deploy_dispatch.registry import APPROVED, Registry, Version
from deploy_dispatch.registry_change import RegistryChange

# Of the approved versions, so many of the newest are looked at.
_MOST_CANDIDATES = 20
_MOST_RESTORABLE = 20
NOBODY = "it cannot be told who approved; approve it once more"


@dataclass(frozen=True)
class SeenVersion:
    """A version as the registry has it now, and what was decided of it."""

    version: Version
    decisions: Decisions

    @property
    def state(self) -> VersionState:
        """What the rules need of it."""
        return VersionState(
            arn=self.version.arn,
            is_approved=self.version.is_approved,
            approved_by=self.decisions.approved_by,
            decision=self.decisions.number,
            gate=self.decisions.gate,
            opened_by=self.decisions.opened_by,
            is_asked_again=self.decisions.is_asked_again,
        )


@dataclass(frozen=True)
class Seen:
    """A project at one moment.

    Args:
        versions: those that matter, by ARN.
        project: its stages.
    """

    versions: dict[str, SeenVersion]
    project: ProjectRecord

    def is_touched_by(self, change: RegistryChange) -> bool:
        """Tell whether a change can matter: its version is approved, or was dealt with before."""
        one = self.versions.get(change.model_package_arn)
        return one is None or bool(one.decisions.revision)


@dataclass(frozen=True)
class Look:
    """Looks at the versions of one project.

    Args:
        registry: of the project's account.
        ledger: what was seen before.
        group: the project's model package group.
    """

    registry: Registry
    ledger: Ledger
    group: str

    def around(self, change: RegistryChange | None = None, about: str = "") -> Seen:
        """Look at all that matters.

        Args:
            change: in the registry, that is the reason to look; its version is looked at first.
            about: ARN of a version that is looked at, too.
        """
        versions: dict[str, SeenVersion] = {}
        changed = self.registry.find_changed(change) if change is not None else None
        if change is not None and changed is not None:
            versions[changed.arn] = self._at(changed, is_decision=change.is_decision)
        project = self.ledger.project(self.group)
        approved = self.registry.approved(self.group)
        for arn in (about, *_that_matter(project, approved)):
            self._add(versions, arn)
        for arn in _restorable(project, approved, versions):
            self._add(versions, arn)
        return Seen(versions, project)

    def at(self, arn: str) -> SeenVersion | None:
        """Look at one version; None if it is deleted."""
        version = self.registry.find(arn) if arn else None
        return self._at(version, is_decision=False) if version is not None else None

    def _add(self, versions: dict[str, SeenVersion], arn: str) -> None:
        seen = self.at(arn) if arn not in versions else None
        if seen is not None:
            versions[arn] = seen

    def _at(self, version: Version, *, is_decision: bool) -> SeenVersion:
        """Write down what changed; what no person ever touched needs no item."""
        known = self.ledger.decisions(version.arn)
        if not known.revision and not version.is_approved and not carries_anything(version):
            return SeenVersion(version, known)
        note = _noting(version, is_decision=is_decision)
        return SeenVersion(version, self.ledger.change_decisions(known, note))


def _noting(version: Version, *, is_decision: bool) -> Callable[[Decisions], Decisions]:
    def note(known: Decisions) -> Decisions:
        if not known.revision:
            known = replace(known, is_clean=not carries_anything(version))
        if not version.is_approved:
            return _withdrawn(known) if known.is_approved else known
        is_late = not known.approved_by and is_decision
        if not known.is_approved or (is_late and version.changed_by):
            return _approved(known, version.changed_by)
        return _opened(known, version)

    return note


def _withdrawn(known: Decisions) -> Decisions:
    return Decisions(
        known.arn,
        number=known.number,
        digests=known.digests,
        is_clean=known.is_clean,
        revision=known.revision,
    )


def _approved(known: Decisions, by: str) -> Decisions:
    number = known.number + 1 if by else known.number
    return replace(known, is_approved=True, approved_by=by, number=number, is_asked_again=False)


def _opened(known: Decisions, version: Version) -> Decisions:
    """What is known when a stage is set to Approved; gates that were not asked for stay shut."""
    stage, opener = version.stage, version.changed_by
    is_set = version.stage_status == APPROVED
    if not is_set or known.opened_by.get(stage) or refusal_of_gate(known, version):
        return known
    return replace(known, opened_by={**known.opened_by, stage: opener})


def refusal_of_gate(known: Decisions, version: Version) -> str:
    """Why a stage that somebody set to Approved stays shut; empty if it need not."""
    stage, opener = version.stage, version.changed_by
    if known.gate != stage:
        return f"this version has not come to {stage} yet"
    if not opener:
        return NOBODY
    if opener == known.approved_by:
        return f"{opener} approved the model already, and somebody else must approve {stage}"
    return ""


def _that_matter(project: ProjectRecord, approved: list[str]) -> Iterator[str]:
    """The versions that are served or under way, and those that may be deployed."""
    for record in project.stages.values():
        yield record.serves
        if record.under_way is not None:
            yield record.under_way.order.arn
            yield record.under_way.order.instead_of
    yield from sorted(approved, key=version_number, reverse=True)[:_MOST_CANDIDATES]


def _restorable(
    project: ProjectRecord, approved: list[str], versions: dict[str, SeenVersion]
) -> Iterator[str]:
    """The versions that a stage may go back to from what is not approved any more."""
    for record in project.stages.values():
        served = versions.get(record.serves)
        if served is not None and not served.version.is_approved:
            known = [arn for arn in record.healthy() if arn in approved]
            yield from known[:_MOST_RESTORABLE]
