"""What is seen at a look at a version: whoever decided something is written down then, once.

Who decided is who changed the version last, at the first look that sees the change. This function
and the roles of projects decide nothing; if one of them came in between, people must decide again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from deploy_dispatch.display import clear, has_anything
from deploy_dispatch.ledger import Decisions, Ledger
from deploy_dispatch.registry import Registry, Version

UNKNOWN = "unknown"
_PROJECT_ROLE = re.compile(r":assumed-role/mlops-p-[a-z0-9]{12}-")


@dataclass(frozen=True)
class Seen:
    """A version as the registry has it now, and what was decided of it."""

    version: Version
    decisions: Decisions

    @property
    def is_admitted(self) -> bool:
        """Whether it is approved, and that by somebody who may."""
        return self.version.is_approved and bool(self.decisions.approved_by)


@dataclass(frozen=True)
class Look:
    """Looks at versions.

    Args:
        registry: of the project's account.
        ledger: what was seen before.
        function: name of this one.
    """

    registry: Registry
    ledger: Ledger
    function: str

    def at(self, version: Version) -> Seen:
        """Write down what changed, and take off the display what the version brought along."""
        known = self.ledger.decisions(version.arn)
        is_clean = bool(known.revision) or not has_anything(version)
        if is_clean and not known.revision and not version.is_approved:
            return Seen(version, known)
        known = self.ledger.change_decisions(known, self._noting(version, is_clean=is_clean))
        if not known.is_clean:
            version = clear(self.registry, version)
            known = self.ledger.change_decisions(known, lambda it: replace(it, is_clean=True))
        return Seen(version, known)

    def person(self, who: str) -> str:
        """Return who it is, or nothing if it is no person: this function or a project's role."""
        is_ours = who.endswith(f"/{self.function}") or _PROJECT_ROLE.search(who)
        return "" if is_ours else who or UNKNOWN

    def _noting(self, version: Version, *, is_clean: bool) -> Callable[[Decisions], Decisions]:
        def note(known: Decisions) -> Decisions:
            if not known.revision:
                known = replace(known, is_clean=is_clean)
            if known.is_approved == version.is_approved:
                return known
            if version.is_approved:
                return replace(known, is_approved=True, approved_by=self.person(version.changed_by))
            return Decisions(known.arn, digests=known.digests, revision=known.revision)

        return note
