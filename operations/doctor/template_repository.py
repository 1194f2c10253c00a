"""The repository that holds this template: how GitHub names it in tokens, and who trusts that."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from operations.account_names import REGISTRATION_ROLE
from operations.doctor.github_answers import ask
from operations.doctor.policy_values import as_list
from operations.findings import Finding
from operations.github_access import GithubAccess
from operations.roles import find_role

ABOUT = "registration role"
_FOLDER = Path(__file__).resolve().parents[2]
# https://HOST/OWNER/NAME.git, ssh://git@HOST/OWNER/NAME and git@HOST:OWNER/NAME.git.
_ADDRESS = re.compile(
    r"(?:\w+://)?(?:[^@/]+@)?(?P<host>[^/]+?)[:/](?P<name>[^/:]+/[^/]+?)(\.git)?/?"
)

# repo:OWNER@ID/NAME@ID:…, and repo:OWNER/NAME:… of repositories made before July 2026.
_SUBJECT = re.compile(r"repo:(?P<owner>[^/:@]+)(@\d+)?/(?P<name>[^/:@]+)(@\d+)?:")


def find_repository(server_url: str, folder: Path = _FOLDER) -> str | None:
    """`OWNER/NAME` of the clone's remote `origin`; None if that is not on this server."""
    done = subprocess.run(
        ["git", "-C", str(folder), "remote", "get-url", "origin"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = _ADDRESS.fullmatch(done.stdout.strip())
    if found is None or found["host"] != urlsplit(server_url).netloc:
        return None
    return found["name"]


def trusted_repository(iam: Any, issuer: str, role: str = REGISTRATION_ROLE) -> str | None:
    """`OWNER/NAME` of the repository whose workflow registers; None if there is none.

    Raises:
        ClientError: the role may not be read.
    """
    document = _trust(iam, role)
    for subject in _subjects(document, issuer) if document is not None else ():
        if found := _SUBJECT.match(subject):
            return f"{found['owner']}/{found['name']}"
    return None


def look_at_registration(
    access: GithubAccess, iam: Any, repository: str | None, role: str = REGISTRATION_ROLE
) -> Iterator[Finding]:
    """Compare the subject that GitHub writes with the one that the role trusts."""
    if repository is None:
        yield Finding(
            "note",
            ABOUT,
            f"This folder has no remote `origin` on {access.server_url}, so that the registration "
            "workflow was not looked at; push it to a repository of your own.",
        )
        return
    answer = ask(access.client, f"/repos/{repository}/actions/oidc/customization/sub")
    if not answer.is_good:
        yield Finding(
            "note",
            ABOUT,
            f"GitHub does not show how it names {repository} in tokens ({answer.status} "
            f"{answer.message}); give a token that may read that repository.",
        )
        return
    if not answer.body.get("use_default", True):
        yield Finding(
            "fails",
            ABOUT,
            f"{repository} has a subject of its own, which the registration role does not trust; "
            f"run `gh api --method PUT repos/{repository}/actions/oidc/customization/sub "
            "--field use_default=true`.",
        )
        return
    prefix = answer.body.get("sub_claim_prefix") or f"repo:{repository}"
    yield from _compared(iam, role, access.issuer, f"{prefix}:ref:refs/heads/main")


def _compared(iam: Any, role: str, issuer: str, subject: str) -> Iterator[Finding]:
    document = _trust(iam, role)
    if document is None:
        yield Finding("ok", ABOUT, f"{role} is not there yet; the prerequisites make it.")
        return
    trusted = list(_subjects(document, issuer))
    if subject in trusted:
        yield Finding("ok", ABOUT, f"{role} trusts {subject}.")
        return
    yield Finding(
        "fails",
        ABOUT,
        f"{role} trusts {', '.join(trusted) or f'nobody of {issuer}'} and not {subject}; deploy "
        f"the prerequisites again with RepositorySubject={subject.split(':ref:')[0]}.",
    )


def _trust(iam: Any, role: str) -> Mapping[str, Any] | str | None:
    """Whom the registration role trusts; None if there is no such role."""
    found = find_role(iam, role)
    return None if found is None else found["AssumeRolePolicyDocument"]


def _subjects(document: Mapping[str, Any] | str, issuer: str) -> Iterator[str]:
    read = json.loads(document) if isinstance(document, str) else document
    for statement in read["Statement"]:
        told = statement.get("Condition", {}).get("StringEquals", {}).get(f"{issuer}:sub")
        yield from as_list(told)
