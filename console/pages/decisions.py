"""Decisions about a version: the first form shows what one starts, the second sends it to AWS."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames, parse_number
from console.deciding.decision import (
    APPROVE,
    REJECT,
    Decision,
    NoDecisionError,
    hindrance,
    parse_decision,
)
from console.deciding.effects import Effect, of_approval, of_opening, of_rejection
from console.deciding.looking import look
from console.deciding.person import person_of
from console.deciding.sending import send
from console.deciding.situation import Situation
from console.errors import NoPageError
from console.pages.ways import below_project
from console.serving.page import GoTo, Page, Panel, Visit
from console.words.states import APPROVED, REJECTED, UNDECIDED, in_words

_NOT_DECIDED, _NOT_KNOWN = "Not decided", "Not known whether it is decided"


@dataclass(frozen=True)
class Proposal:
    """A decision with all that it would start.

    Args:
        seen: when it was looked at.
        decision: that is proposed.
        effects: stage by stage.
        lines: what could not be read.
        changed: what is not any more as it was shown before; empty if nothing.
    """

    seen: Situation
    decision: Decision
    effects: Sequence[Effect]
    lines: Sequence[str]
    changed: str = ""

    @property
    def digest(self) -> str:
        """What tells this proposal from one of another moment."""
        told = (self.seen.approval, self.decision.name, self.effects, self.lines)
        return hashlib.sha256(repr(told).encode()).hexdigest()

    @property
    def title(self) -> str:
        """What the page and its button are called."""
        if self.decision.stage:
            return f"Open {self.decision.stage} for version {self.seen.number}"
        return f"{self.decision.action.capitalize()} version {self.seen.number}"

    @property
    def is_nobodys(self) -> bool:
        """Whether the dispatch function would not count it, since no person made it."""
        return self.decision.action != REJECT and not person_of(self.seen.you)


def ask_decision(visit: Visit, form: Mapping[str, str]) -> Page:
    """Show what a decision would start."""
    try:
        return _page(visit, _propose(visit, parse_decision(form)))
    except NoDecisionError as error:
        return _refusal(visit, str(error))


def take_decision(visit: Visit, form: Mapping[str, str]) -> Page | GoTo:
    """Send a decision to AWS, if all is still as it was shown."""
    try:
        proposal = _propose(visit, parse_decision(form))
    except NoDecisionError as error:
        return _refusal(visit, str(error))
    if form.get("shown") != proposal.digest:
        return _page(visit, replace(proposal, changed=_change(form.get("was", ""), proposal)))
    failed = send(visit.account, proposal.seen.arn, proposal.decision)
    if failed is None:
        return GoTo(_address(visit))
    return _refusal(visit, failed.sentence, _NOT_DECIDED if failed.is_known else _NOT_KNOWN)


def _propose(visit: Visit, decision: Decision) -> Proposal:
    """Look, and say what would start.

    Raises:
        NoDecisionError: the decision cannot be made now.
        NoPageError: there is no such version.
    """
    account, project = visit.account, ProjectNames.parse(visit.path["group"])
    number, gaps = parse_number(visit.path["number"], project), PageGaps()
    seen = look(account, project, number, decision, gaps)
    if gaps.has_expired:
        account.renew()
    if gaps.absent:
        raise NoPageError(gaps.absent)
    if seen is None:
        raise NoDecisionError(" ".join(gaps.lines))
    why = hindrance(seen, decision)
    if why:
        raise NoDecisionError(f"{why} Nothing was sent to AWS.")
    return Proposal(seen, decision, _effects(seen, decision), tuple(gaps.lines))


def _effects(seen: Situation, decision: Decision) -> list[Effect]:
    if decision.action == APPROVE:
        return of_approval(seen)
    return of_rejection(seen) if decision.action == REJECT else of_opening(seen, decision.stage)


def _change(was: str, proposal: Proposal) -> str:
    now = proposal.seen.approval
    if was in (APPROVED, REJECTED, UNDECIDED) and was != now:
        return (
            f"Meanwhile its status changed from “{in_words(was)}” to “{in_words(now)}”, so that "
            "nothing was sent to AWS. This is what the decision starts now."
        )
    return (
        "Meanwhile something changed, so that nothing was sent to AWS. This is what the decision "
        "starts now."
    )


def _page(visit: Visit, proposal: Proposal) -> Page:
    project, owner = ProjectNames.parse(visit.path["group"]), proposal.seen.owner
    repository = f"{owner}/{project.deploy_repository}" if owner else project.deploy_repository
    told = {"proposal": proposal, "address": _address(visit), "repository": repository}
    return _still(visit, f"{proposal.title}?", Panel("proposal", "What it starts", [], told=told))


def _refusal(visit: Visit, sentence: str, title: str = _NOT_DECIDED) -> Page:
    told = {"sentence": sentence, "address": _address(visit)}
    return _still(visit, title, Panel("refusal", "Why", [], told=told))


def _still(visit: Visit, title: str, panel: Panel) -> Page:
    project = ProjectNames.parse(visit.path["group"])
    number = parse_number(visit.path["number"], project)
    way = [*below_project(project), (f"Version {number}", _address(visit))]
    return Page(title, way, [panel], is_live=False)


def _address(visit: Visit) -> str:
    return f"/projects/{visit.path['group']}/versions/{visit.path['number']}"
