"""Looks at a version afresh when somebody is about to decide, whatever pages show."""

from collections.abc import Sequence
from dataclasses import replace

from console.asking.account import Account
from console.asking.gaps import PageGaps
from console.asking.ledger import Ledger, read_approvers, version_ledger_question
from console.asking.names import ProjectNames
from console.asking.project import find_project, project_question
from console.asking.repositories import stages_question
from console.asking.versions import MOST_SHOWN, Version, find_package, versions_question
from console.deciding.decision import REJECT, Decision
from console.deciding.situating import APPROVED_BY, Known, situate
from console.deciding.situation import Situation
from console.words.states import APPROVED

_MOST_APPROVED = 100
# As many as the dispatch function looks at.
_MOST_RESTORABLE = 20


def look(
    account: Account, project: ProjectNames, number: int, decision: Decision, gaps: PageGaps
) -> Situation | None:
    """Ask AWS and GitHub for all that a decision depends on.

    Returns:
        None if there is no such version, or it may not be read.
    """
    package = find_package(account, project, number, gaps)
    if package is None:
        if gaps.absent:
            find_project(account, project, "Project", gaps)
        return None
    ledger: Ledger | None = version_ledger_question(account, project, number).ask(gaps).ledger
    others: Sequence[Version] = ()
    if ledger is None:
        others = versions_question(account, project).ask(gaps)
    known = Known(
        described=project_question(account, project).ask(gaps),
        settings=stages_question(account, project).ask(gaps),
        ledger=ledger,
        others=others,
    )
    seen = situate(Version(package, None), account.identity.arn, known)
    if decision.action != REJECT:
        return seen
    if seen.is_told_by_registry:
        found = frozenset(filter(None, map(_restorable, others)))
        is_whole = len(others) < MOST_SHOWN
        return replace(seen, restorable=found if found or is_whole else None)
    return replace(seen, restorable=_approved(account, project, seen, gaps))


def _restorable(version: Version) -> str:
    """ARN of a version that the registry shows as approved by somebody; else empty."""
    is_admitted = version.approval == APPROVED and version.metadata.get(APPROVED_BY)
    return version.arn.lower() if is_admitted else ""


def _approved(
    account: Account, project: ProjectNames, seen: Situation, gaps: PageGaps
) -> frozenset[str] | None:
    """Of the versions that were healthy where this one serves, those that people approved.

    Returns:
        None if that cannot be told.
    """
    healthy = {
        arn
        for record in seen.records.values()
        if seen.is_this(record.serves)
        for arn in list(record.healthy())[: _MOST_RESTORABLE + 1]
        if not seen.is_this(arn)
    }
    if not healthy:
        return frozenset()
    return gaps.ask(
        "Versions to go back to",
        "sagemaker",
        lambda: _admitted(account, healthy, _listed(account, project)),
        None,
    )


def _admitted(
    account: Account, healthy: set[str], listed: tuple[list[str], bool]
) -> frozenset[str] | None:
    approved, is_whole = listed
    approvers = read_approvers(account, sorted(healthy.intersection(approved)))
    found = frozenset(arn for arn, who in approvers.items() if who)
    return found if found or is_whole else None


def _listed(account: Account, project: ProjectNames) -> tuple[list[str], bool]:
    """The newest approved versions, and whether those are all."""
    told = account.client("sagemaker").list_model_packages(
        ModelPackageGroupName=project.group,
        ModelApprovalStatus=APPROVED,
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=_MOST_APPROVED,
    )
    arns = [one["ModelPackageArn"].lower() for one in told["ModelPackageSummaryList"]]
    return arns, "NextToken" not in told
