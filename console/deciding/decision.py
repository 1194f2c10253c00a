"""A decision as a form sends it, and as SageMaker is told it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.deciding.situation import Situation
from console.words.states import APPROVED, REJECTED
from mlops_sm_project_template.config.names import STAGE_PATTERN

APPROVE, REJECT, OPEN = "approve", "reject", "open"
# Of ApprovalDescription and of StageDescription; both are one line, by their pattern.
LONGEST_COMMENT = 1024
_DECISION = re.compile(rf"(approve|reject)|open (?P<stage>{STAGE_PATTERN})")
_STATUSES = {APPROVE: APPROVED, REJECT: REJECTED}


class NoDecisionError(Exception):
    """A form asks for what cannot be decided; the message says why."""


@dataclass(frozen=True)
class Decision:
    """What somebody decides.

    Args:
        action: one of the three.
        stage: whose gate is opened; empty for the others.
        comment: one line, for whoever reads of it later.
    """

    action: str
    stage: str
    comment: str

    @property
    def name(self) -> str:
        """As forms send it."""
        return f"{self.action} {self.stage}".strip()

    @property
    def wanted(self) -> str:
        """The version's approval after it; that of a gate leaves it as it is."""
        return _STATUSES.get(self.action, "")

    @property
    def told(self) -> dict[str, Any]:
        """What SageMaker is told of the version: members of an UpdateModelPackage request."""
        if self.action != OPEN:
            # An empty comment takes away that of the decision before.
            return {"ModelApprovalStatus": self.wanted, "ApprovalDescription": self.comment}
        described = {"StageDescription": self.comment} if self.comment else {}
        return {"ModelLifeCycle": {"Stage": self.stage, "StageStatus": APPROVED, **described}}


def parse_decision(form: Mapping[str, str]) -> Decision:
    """Read a form.

    Raises:
        NoDecisionError: it asks for something else, or its comment is none that AWS takes.
    """
    found = _DECISION.fullmatch(form.get("decision", ""))
    if found is None:
        raise NoDecisionError("This form names no decision; load the version's page again.")
    comment = form.get("comment", "").strip()
    if len(comment) > LONGEST_COMMENT:
        raise NoDecisionError(
            f"The comment has {len(comment):,} characters, and AWS takes {LONGEST_COMMENT:,}; "
            "shorten it."
        )
    if not comment.isprintable():
        raise NoDecisionError(
            "The comment has line breaks or characters that cannot be shown, which AWS does not "
            "take; write one line."
        )
    return Decision(found[1] or OPEN, found["stage"] or "", comment)


def hindrance(seen: Situation, decision: Decision) -> str:
    """Why a decision would change nothing or be refused; empty if it would not."""
    version = f"Version {seen.number}"
    if decision.action == APPROVE and not seen.is_approvable:
        return f"{version} is approved already."
    if decision.action == REJECT and seen.approval == REJECTED:
        return f"{version} is rejected already."
    if decision.action == OPEN:
        return gate_hindrance(seen, decision.stage)
    return ""


def gate_hindrance(seen: Situation, stage: str) -> str:
    """Why a gate cannot be opened now; empty if it can."""
    version, opener = f"Version {seen.number}", seen.decided.opened_by.get(stage)
    if stage not in seen.gates_of_registry:
        return f"No stage {stage} has a gate in the registry; see config/stages.yml."
    if opener:
        return f"{opener} opened {stage} for it already."
    if seen.approval != APPROVED:
        return f"{version} is not approved; somebody approves it first."
    if not seen.waits_for(stage):
        return f"{version} has not come to {stage} yet."
    if seen.is_yours:
        return f"{seen.approved_by} approved the model, and somebody else must open {stage}."
    return ""
