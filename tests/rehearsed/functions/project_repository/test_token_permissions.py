"""A launch with a fine-grained token: what it needs, and what is said and left where that lacks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.github.core.faults import FaultKind
from rehearsal.github.core.resources import Repository
from rehearsal.github.core.settings import FineGrainedToken
from rehearsal.tests.github.in_process_github import ACCOUNTS, InProcessGitHub
from rehearsal.tests.github.in_process_github import TOKEN as CLASSIC_TOKEN
from tests.rehearsed.functions.content_requests import FILES
from tests.rehearsed.functions.launch_permissions import PERMISSIONS, TITLES
from tests.rehearsed.functions.project_stack import MARK, NOTED_FILE, ProjectStack, Wishes
from tests.rehearsed.functions.repository_world import SECRET_ARN, RepositoryWorld, zipped

pytestmark = pytest.mark.tier("test")

TOKEN = "github_pat_launch"
NOTED = {**FILES, NOTED_FILE: (f"<!-- note: {MARK} -->\n".encode(), 0o644)}


@contextmanager
def launchpad(
    folder: Path,
    *,
    permissions: Mapping[str, str] = PERMISSIONS,
    organization: Mapping[str, Any] | None = None,
    owner: str = "corp",
    **token: Any,
) -> Iterator[ProjectStack]:
    """A project that is to be launched for an organization, with a fine-grained token."""
    corp = {"login": "corp", "id": 3001, "members": ["octo"], "plan": "enterprise"}
    entry = {"token": TOKEN, "login": "octo", "owner": owner, "permissions": permissions, **token}
    accounts = {
        **ACCOUNTS,
        "organizations": [*ACCOUNTS["organizations"], {**corp, **(organization or {})}],
        "fine_grained_tokens": [entry],
    }
    with InProcessGitHub(folder, accounts=accounts) as github:
        world = RepositoryWorld(github)
        world.aws.tokens[SECRET_ARN] = TOKEN
        world.aws.bundles["v1.zip"] = zipped(NOTED)
        yield ProjectStack(world, Wishes("rings", "p-abcdefghijkl", owner="corp"))


def reason(stack: ProjectStack) -> str:
    """What the resource that failed said."""
    return next(said for said in stack.reasons if " FAILED " in said).partition(" FAILED ")[2]


def repositories(stack: ProjectStack) -> list[Repository]:
    """Those that GitHub keeps, whoever may see them."""
    return stack.world.github.github.store.select(Repository)


def take_away(stack: ProjectStack, permission: str) -> None:
    """Let somebody edit the token of a project that is there."""
    held = {name: level for name, level in PERMISSIONS.items() if name != permission}
    entry = {"token": TOKEN, "login": "octo", "owner": "corp", "permissions": held}
    stack.world.github.github.access.add_token(FineGrainedToken.model_validate(entry))


def test_a_launch_needs_six_permissions_and_no_more(tmp_path: Path) -> None:
    with launchpad(tmp_path) as stack:
        assert stack.create(), stack.reasons
        assert {one.full_name for one in repositories(stack)} == {
            "corp/rings-build",
            "corp/rings-deploy",
        }
        assert stack.delete()
        assert all(one.archived for one in repositories(stack))


def test_a_later_seed_is_offered_with_the_same_permissions(tmp_path: Path) -> None:
    with launchpad(tmp_path) as stack:
        assert stack.create()
        later = {**NOTED, "source_scripts/new.py": (b"new\n", 0o644)}
        stack.world.aws.bundles["v2.zip"] = zipped(later)
        assert stack.update(replace(stack.wishes, seed_key="v2.zip")), stack.reasons
        pulls = stack.world.github.rest("GET", "/repos/corp/rings-build/pulls")
        assert len(pulls) == 1


@pytest.mark.parametrize("fault", ["lost", "502-after", "reset", "429", "403", "kill-after", "404"])
@pytest.mark.parametrize("path", ["/git/refs$", "/dispatches$", "/statuses/0", "/pulls$"])
def test_a_trial_that_is_disturbed_spoils_nothing(
    tmp_path: Path, path: str, fault: FaultKind
) -> None:
    with launchpad(tmp_path) as stack:
        stack.world.github.faults.add(fault, path=path)
        assert stack.create(), stack.reasons
        assert len(repositories(stack)) == 2


@pytest.mark.parametrize("level", [None, "read"])
@pytest.mark.parametrize("missing", PERMISSIONS)
def test_a_missing_permission_is_named_and_nothing_stays(
    tmp_path: Path, missing: str, level: str | None
) -> None:
    held = {name: one for name, one in PERMISSIONS.items() if name != missing}
    held |= {missing: level} if level else {}
    with launchpad(tmp_path, permissions=held) as stack:
        assert not stack.create()
        assert reason(stack).startswith(f"The token lacks the permission {TITLES[missing]}: write")
        assert reason(stack).count(". ") == 0
        assert repositories(stack) == []


@pytest.mark.parametrize("missing", ["contents", "actions", "statuses", "pull_requests"])
def test_it_is_found_before_anything_is_seeded_or_made_beside_the_repository(
    tmp_path: Path, missing: str
) -> None:
    held = {name: one for name, one in PERMISSIONS.items() if name != missing}
    with launchpad(tmp_path, permissions=held) as stack:
        stack.create()
        asked = [(method, path) for method, path in stack.world.writes() if "PUT" in method]
        assert asked == []
        assert not any("git-receive-pack" in path for _, path in stack.world.writes())
        assert len([one for one in stack.reasons if one.startswith("Create")]) == 1


REFUSALS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a token that waits for approval": (
        {"approves_fine_grained_tokens": True},
        {},
        "let an owner of corp approve the token if it waits for that.",
    ),
    "a token for somebody else": (
        {},
        {"owner": "octo"},
        "with corp as the resource owner and all repositories",
    ),
    "a classic token that is forbidden": (
        {"forbids_classic_tokens": True},
        {},
        "give a fine-grained token with that organization as its resource owner, or",
    ),
    "members who may not create": (
        {"members_create_private": False},
        {},
        "octo may not create private repositories in the organization corp",
    ),
    "a ruleset": (
        {"default_branch_rule": "ruleset"},
        {},
        "A rule of GitHub forbids to push to corp/rings-deploy (push declined due to repository "
        "rule violations; GH013: Repository rule violations found for refs/heads/main; Changes "
        "must be made through a pull request); let the token's user bypass it",
    ),
    "a protected branch": (
        {"default_branch_rule": "protection"},
        {},
        "A rule of GitHub forbids to push to corp/rings-deploy (protected branch hook declined; "
        "GH006: Protected branch update failed for refs/heads/main; Changes must be made through a "
        "pull request); let the token's user bypass it",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_an_organization_forbids_is_told_with_its_remedy_and_nothing_stays(
    tmp_path: Path, name: str
) -> None:
    organization, token, said = REFUSALS[name]
    is_classic = organization.get("forbids_classic_tokens")
    with launchpad(tmp_path, organization=organization, **token) as stack:
        if is_classic:
            stack.world.aws.tokens[SECRET_ARN] = CLASSIC_TOKEN
        assert not stack.create()
        assert said in reason(stack)
        assert reason(stack).count(". ") == 0
        assert repositories(stack) == []


def test_an_approved_token_is_let_in(tmp_path: Path) -> None:
    rule = {"approves_fine_grained_tokens": True}
    with launchpad(tmp_path, organization=rule, is_approved=True) as stack:
        assert stack.create(), stack.reasons


@pytest.mark.parametrize(("missing", "level"), [("actions", "read"), ("administration", "write")])
def test_an_update_is_told_the_permission_and_not_that_the_plan_lacks_environments(
    tmp_path: Path, missing: str, level: str
) -> None:
    with launchpad(tmp_path) as stack:
        assert stack.create()
        take_away(stack, missing)
        more = (*stack.wishes.environments, "qa")
        assert not stack.update(replace(stack.wishes, environments=more))
        named = f"The token lacks the permission {TITLES[missing]}: {level}"
        assert reason(stack).startswith(named)


def test_a_repository_is_removed_with_administration(tmp_path: Path) -> None:
    with launchpad(tmp_path) as stack:
        stack.wishes = replace(stack.wishes, on_delete="delete")
        assert stack.create()
        assert stack.delete()
        assert repositories(stack) == []


def test_a_repository_that_may_not_be_removed_stays_and_the_permission_is_named(
    tmp_path: Path,
) -> None:
    with launchpad(tmp_path) as stack:
        assert stack.create()
        take_away(stack, "administration")
        assert stack.delete()
        assert "The token lacks the permission Administration: write" in stack.reasons[-1]
        assert len(repositories(stack)) == 2


@pytest.mark.parametrize("rule", ["ruleset", "protection"])
def test_a_rule_that_came_later_refuses_the_next_commit_and_the_project_stays_as_it_was(
    tmp_path: Path, rule: str
) -> None:
    with launchpad(tmp_path) as stack:
        assert stack.create()
        access = stack.world.github.github.access
        access.put_account(replace(access.account("corp"), default_branch_rule=rule))
        assert not stack.update(replace(stack.wishes, configuration={"STAGE": "qa"}))
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
        assert reason(stack).startswith("A rule of GitHub forbids to push to corp/rings-deploy (")


def test_a_token_for_chosen_repositories_is_told_to_be_for_all(tmp_path: Path) -> None:
    """It cannot take back what it does not see, so that a person is asked to."""
    with launchpad(tmp_path, repositories=["others"]) as stack:
        assert not stack.create()
        assert "give it all repositories as its repository access" in reason(stack)
        assert [one.full_name for one in repositories(stack)] == ["corp/rings-build"]
        assert not any("receive-pack" in path for _, path in stack.world.writes())
