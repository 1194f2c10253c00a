"""Rules of deployment environments: which plan has which, who reviews, what a job waits for.

Sources:
    https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
    https://docs.github.com/en/rest/deployments/environments (API version 2022-11-28)

Private repositories have no environments on Free, environments without reviewers and wait timers
on Pro and Team, and everything on Enterprise; public ones have everything. The words of the
refusal are those that GitHub answers, with 422, to owners of private repositories on other plans:
https://github.com/backstage/backstage/issues/28977 and
https://github.com/Azure/ALZ-PowerShell-Module/issues/193. It answers so as soon as one of the
fields is there, whatever its value (https://github.com/alchemy-run/alchemy/pull/1373), and the
environment exists afterwards, without a rule: a gate that was refused is an open one.
"""

from dataclasses import replace
from typing import Any

from rehearsal.github.core.errors import UnmodelledError, ValidationError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Account, Environment, Repository, Reviewer, Team

MOST_REVIEWERS = 6
LONGEST_WAIT_MINUTES = 43_200
_GATED = {
    "wait_timer": "wait timer",
    "prevent_self_review": "required reviewers",
    "reviewers": "required reviewers",
}


def find_environment(github: LocalGitHub, repository: Repository, name: str) -> Environment | None:
    """The environment with this name; names ignore case."""
    for environment in github.store.select(Environment, repository_id=repository.id):
        if environment.name.lower() == name.lower():
            return environment
    return None


def ensure_environment(github: LocalGitHub, repository: Repository, name: str) -> Environment:
    """The environment with this name, created if need be (a job that names one creates it)."""
    found = find_environment(github, repository, name)
    if found is not None:
        return found
    now = github.now()
    id_ = github.store.next_id("Environment")
    return github.store.put(Environment(id_, repository.id, now, now, name))


def has_environments(github: LocalGitHub, repository: Repository) -> bool:
    """True unless it is a private repository on Free."""
    return not repository.private or github.access.account(repository.owner).plan != "free"


def has_rules(github: LocalGitHub, repository: Repository) -> bool:
    """True if environments may have reviewers and wait timers; GitHub ignores them elsewhere."""
    return not repository.private or github.access.account(repository.owner).plan == "enterprise"


def write_environment(
    github: LocalGitHub, repository: Repository, name: str, wish: dict[str, Any]
) -> Environment:
    """Create an environment or give it other rules; ``wish`` holds the fields that were sent.

    What is not sent is reset. GitHub does not say whether it does that; whoever counts on the
    other here would weaken a gate there.

    Raises:
        ValidationError: the plan has no such rule, or the rule cannot be.
        UnmodelledError: it restricts branches.
    """
    _refuse_branch_policy(wish.get("deployment_branch_policy"))
    environment = ensure_environment(github, repository, name)
    lacking = next((_GATED[field] for field in wish if field in _GATED), None)
    if lacking is not None and not has_rules(github, repository):
        raise ValidationError(
            "Failed to create the environment protection rule. Please ensure the billing plan "
            f"supports the {lacking} protection rule."
        )
    reviewers = _reviewers(github, repository, wish.get("reviewers") or [])
    alone = bool(wish.get("prevent_self_review"))
    if alone and not reviewers:
        # https://github.com/github-community-projects/safe-settings/issues/628
        raise ValidationError(
            "Failed to create or update the environment protection rule. Required reviewers must "
            "have at least one reviewer to set prevent_self_review."
        )
    minutes = int(wish.get("wait_timer") or 0)
    if not 0 <= minutes <= LONGEST_WAIT_MINUTES:
        raise ValidationError(f"Wait timer must be between 0 and {LONGEST_WAIT_MINUTES} minutes.")
    changed = replace(
        environment,
        wait_timer_minutes=minutes,
        reviewers=reviewers,
        prevent_self_review=alone,
        updated_at=github.now(),
    )
    return github.store.put(changed)


def is_reviewer(github: LocalGitHub, repository: Repository, of: Environment, login: str) -> bool:
    """True if a user is one of the reviewers, or in one of the teams that are."""
    owner = github.access.account(repository.owner)
    for reviewer in of.reviewers:
        found = find_reviewer(github, owner, reviewer)
        logins = found.members if isinstance(found, Team) else (found.login,) if found else ()
        if login.lower() in {each.lower() for each in logins}:
            return True
    return False


def find_reviewer(github: LocalGitHub, owner: Account, reviewer: Reviewer) -> Account | Team | None:
    """The user or the team behind an id; None if there is none that may read the repository."""
    if reviewer.type == "Team":
        return next((team for team in owner.teams if team.id == reviewer.id), None)
    readers = {owner.login.lower(), *(member.lower() for member in owner.members)}
    for account in github.access.accounts.values():
        known = account.id == reviewer.id and account.kind == "User"
        if known and account.login.lower() in readers:
            return account
    return None


def _reviewers(
    github: LocalGitHub, repository: Repository, wanted: list[Reviewer]
) -> tuple[Reviewer, ...]:
    """Check them; the words of both refusals are ours, since GitHub's are not known."""
    owner = github.access.account(repository.owner)
    if len(wanted) > MOST_REVIEWERS:
        raise ValidationError(f"No more than {MOST_REVIEWERS} reviewers may be set.")
    for reviewer in wanted:
        if find_reviewer(github, owner, reviewer) is None:
            raise ValidationError(
                f"{reviewer.type} {reviewer.id} cannot review: it has no read access."
            )
    return tuple(dict.fromkeys(wanted))


def _refuse_branch_policy(policy: dict[str, Any] | None) -> None:
    if policy is None:
        return
    if policy.get("protected_branches") == policy.get("custom_branch_policies"):
        raise ValidationError(
            "protected_branches and custom_branch_policies cannot have the same value"
        )
    raise UnmodelledError("deployment branch policies of environments")
