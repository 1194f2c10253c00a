"""What an organization forbids the workflows of its repositories: actions, subjects, runners."""

import fnmatch
import re
from collections.abc import Iterator, Mapping
from typing import Any

from operations.doctor.github_answers import Answer, ask
from operations.doctor.project_needs import ACTIONS, RUNNER_LABEL
from operations.findings import Finding
from operations.github_access import GithubAccess

ACTIONS_ABOUT, SUBJECT_ABOUT, RUNNERS_ABOUT = "Actions", "subject", "runners"
_OWN_ACTIONS = ("actions/", "github/")
_COMMIT = re.compile("[0-9a-f]{40}")
# The usual form of subjects, which the roles of projects trust.
_STANDARD = ["repo", "context"]


def look_at_actions(access: GithubAccess, organization: str) -> Iterator[Finding]:
    """Compare the actions that the workflows use with those that may be used."""
    path = f"/orgs/{organization}/actions/permissions"
    answer = ask(access.client, path)
    if not answer.is_good:
        yield _unknown(
            ACTIONS_ABOUT, f"the actions that {organization} allows", answer, "admin:org"
        )
        return
    enabled, allowed = answer.body["enabled_repositories"], answer.body.get("allowed_actions")
    if enabled != "all":
        yield Finding(
            "fails",
            ACTIONS_ABOUT,
            f"{organization} enables Actions for {enabled} repositories, and so not for new ones; "
            "let an owner of it choose all under Settings → Actions → General.",
        )
    if allowed == "all":
        yield Finding("ok", ACTIONS_ABOUT, f"{organization} allows every action.")
        return
    selected: Mapping[str, Any] = {}
    if allowed == "selected":
        selected = ask(access.client, f"{path}/selected-actions").body
    refused = [action for action in ACTIONS if not _is_allowed(action, selected)]
    yield _judged(organization, refused, selected)


def look_at_subject(access: GithubAccess, organization: str) -> Iterator[Finding]:
    """Look whether its repositories may name themselves otherwise than the roles of projects trust.

    Source: GitHub's documentation of OpenID Connect, "Customizing the subject claims for an
    organization or repository": a repository has the organization's form only if it says so.
    """
    path = f"/orgs/{organization}/actions/oidc/customization/sub"
    answer = ask(access.client, path)
    if answer.status == 404:
        yield Finding("ok", SUBJECT_ABOUT, f"{organization} has no subject of its own.")
        return
    if not answer.is_good:
        yield _unknown(SUBJECT_ABOUT, f"how {organization} writes subjects", answer, "read:org")
        return
    keys = answer.body.get("include_claim_keys", _STANDARD)
    if keys == _STANDARD:
        yield Finding("ok", SUBJECT_ABOUT, f"{organization} writes subjects in the usual form.")
        return
    yield Finding(
        "note",
        SUBJECT_ABOUT,
        f"{organization} has a form of subjects of its own ({', '.join(keys)}), which the roles of "
        "projects do not trust; leave `use_default` of the projects' repositories true.",
    )


def look_at_runners(access: GithubAccess, organization: str) -> Iterator[Finding]:
    """Look on GitHub Enterprise Server, which has no runners of its own, for one with our label."""
    if access.server.is_github_com:
        return
    answer = ask(access.client, f"/orgs/{organization}/actions/runners?per_page=100")
    if not answer.is_good:
        yield _unknown(RUNNERS_ABOUT, f"the runners of {organization}", answer, "admin:org")
        return
    online = [one for one in answer.body["runners"] if one["status"] == "online"]
    if any(RUNNER_LABEL in _labels(runner) for runner in online):
        yield Finding("ok", RUNNERS_ABOUT, f"{organization} has a runner labelled {RUNNER_LABEL}.")
        return
    yield Finding(
        "fails",
        RUNNERS_ABOUT,
        f"{organization} has no runner online that is labelled {RUNNER_LABEL}, so that workflows "
        "wait for ever; give that label to a runner of version 2.327.1 or newer.",
    )


def _labels(runner: Mapping[str, Any]) -> list[str]:
    return [label["name"] for label in runner["labels"]]


def _is_githubs(action: str) -> bool:
    return action.startswith(_OWN_ACTIONS)


def _is_allowed(action: str, selected: Mapping[str, Any]) -> bool:
    if selected.get("github_owned_allowed") and _is_githubs(action):
        return True
    return any(_matches(action, pattern) for pattern in selected.get("patterns_allowed", ()))


def _matches(action: str, pattern: str) -> bool:
    """Workflows name commits: a pattern with a commit may be ours, one with a tag is not."""
    name, _, version = pattern.lower().partition("@")
    if _COMMIT.fullmatch(version):
        return fnmatch.fnmatchcase(action, name)
    return fnmatch.fnmatchcase(f"{action}@{'0' * 40}", pattern.lower())


def _judged(organization: str, refused: list[str], selected: Mapping[str, Any]) -> Finding:
    if not refused:
        return Finding("ok", ACTIONS_ABOUT, f"{organization} allows the actions in use.")
    if selected.get("verified_allowed") and not any(map(_is_githubs, refused)):
        return Finding(
            "note",
            ACTIONS_ABOUT,
            f"{organization} allows {', '.join(refused)} only if GitHub has verified their makers; "
            "look for the badge in GitHub's marketplace.",
        )
    return Finding(
        "fails",
        ACTIONS_ABOUT,
        f"{organization} does not allow {', '.join(refused)}; let an owner of it add "
        f"{', '.join(f'{name}@*' for name in refused)} under Settings → Actions → General.",
    )


def _unknown(about: str, what: str, answer: Answer, scope: str) -> Finding:
    return Finding(
        "note",
        about,
        f"Not known is {what}, because the token lacks {answer.lacking(scope)}; ask an owner.",
    )
