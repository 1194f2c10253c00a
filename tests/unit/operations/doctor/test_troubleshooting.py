"""Every row of the troubleshooting is found by `doctor` first, or has a reason why it cannot be.

Of a row that is found, a test must hold the words by which `doctor` says it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from operations.doctor import (
    bootstrapped,
    github_credential,
    github_owner,
    organization,
    studio,
    template_repository,
    template_settings,
)

ROOT = Path(__file__).resolve().parents[4]


class Found(NamedTuple):
    """What of `doctor` finds it, and some of the words by which it does."""

    about: str
    words: str


CREDENTIAL, OWNER = github_credential.ABOUT, github_owner.ABOUT
CHOSEN = "depends on what somebody writes into the launch form"
WRITTEN = "depends on what somebody writes into a repository of the project later"
LATER = "comes of what happens to a project's repositories after its launch"
STATE = "tells of a deployment that began or of a decision that was made"
AWS_LATER = "tells how AWS or GitHub behave at that moment"
SYNTHESIS = "is told by `cdk synth`, before anything is deployed"
OTHER_COMMAND = "is told by another command, before it changes anything"

# The beginning of a row -> the check, or the reason.
ROWS: dict[str, Found | str] = {
    "`AWS_ACCOUNT is missing": Found(template_settings.ABOUT, "AWS_ACCOUNT is missing"),
    "`GITHUB_SERVER_URL is": Found(template_settings.ABOUT, "GITHUB_SERVER_URL is"),
    "`GITHUB_READ_TIMEOUT": Found(template_settings.ABOUT, "GITHUB_READ_TIMEOUT_SECONDS is"),
    "`DATA_LOCATIONS is refused": Found(template_settings.ABOUT, "DATA_LOCATIONS is refused"),
    "`KMS_KEY is": Found(template_settings.ABOUT, "KMS_KEY is refused"),
    "`PRINCIPAL_ORG_ID is": Found(template_settings.ABOUT, "PRINCIPAL_ORG_ID is 'ou-x' but"),
    "`IMAGE_REPOSITORIES is": Found(template_settings.ABOUT, "IMAGE_REPOSITORIES is refused"),
    "`… says too much": SYNTHESIS,
    "`setting algorithm.image": WRITTEN,
    "the parameter `DataLocations`": CHOSEN,
    "`The objects of … lie": CHOSEN,
    "`A new project has no key": CHOSEN,
    "`The key that projects share": CHOSEN,
    "`This version of the template": CHOSEN,
    "`AWS does not tell": AWS_LATER,
    "the parameter `Stages`": CHOSEN,
    "`Stages no longer has": STATE,
    "`Stages has …": STATE,
    "a stage of `config/stages.yml`": WRITTEN,
    "the parameter `StudioRoleArn`": CHOSEN,
    "`is not authorized to perform: …`, of the step": CHOSEN,
    "the same of `s3:PutObject`": WRITTEN,
    "the same of `sagemaker:…`": Found(studio.RIGHTS_ABOUT, "deploy the prerequisites"),
    "the push of a workflow file": Found(CREDENTIAL, "lacks the scope `workflow`"),
    "the registration workflow may not": Found(
        template_repository.ABOUT, "with RepositorySubject="
    ),
    "Studio does not offer": Found(studio.ABOUT, "Studio offers the template to nobody"),
    "`GitHub rejected the token": Found(CREDENTIAL, "is wrong, expired or revoked"),
    "``The token lacks": Found(CREDENTIAL, "lacks the scope `workflow`"),
    "`GitHub has no user": Found(OWNER, "no user or organization"),
    "`The token belongs to": Found(OWNER, "cannot create repositories for the user"),
    "`… may not create private": Found(OWNER, "may not create private repositories"),
    "`The repository … exists already": CHOSEN,
    "`The archived repository": CHOSEN,
    "`The token lacks the permission": "is of a fine-grained token, whose permissions GitHub "
    "does not tell; `doctor` lists those that it needs",
    "`The token does not reach the repository": "is of a fine-grained token, whose repositories "
    "GitHub does not list",
    "`A rule of GitHub forbids": "is a rule of repositories, which may name those to come",
    "`GitHub refused the push": AWS_LATER,
    "`The repository … has commits": LATER,
    "`and the next try does not fit": AWS_LATER,
    "`GitHub at … gave no usable": Found(CREDENTIAL, "GitHub did not answer"),
    "`An address of … was not asked": Found(CREDENTIAL, "sends addresses of"),
    "`forbids access via": Found(OWNER, "forbids access via a personal access token (classic)"),
    "`The GitHub token cannot be used": LATER,
    "`no credential is stored for": CHOSEN,
    "`… may not use the credential": CHOSEN,
    "`Who launched this project": CHOSEN,
    "`AWS does not record who updates": CHOSEN,
    "`The seed bundle": AWS_LATER,
    "`… enable the KMS key": LATER,
    "`The uploaded file": SYNTHESIS,
    "`All … versions of product": "is of an account that has had 100 versions of the template",
    "`The product stays": STATE,
    "`The repository … is left": LATER,
    "`The repository … has no branch": LATER,
    "`The new seed code is not offered": LATER,
    "`it cannot be told who approved": STATE,
    "`The stages of": WRITTEN,
    "`… may serve something else": STATE,
    "`… and the way back": STATE,
    "the deploy workflow did not start": LATER,
    "`the repository has no file": LATER,
    "`the repository has no branch": LATER,
    "`the repository is archived": LATER,
    "`… not allowed to be used": Found(organization.ACTIONS_ABOUT, "does not allow astral-sh"),
    "`The job was not started": "is a matter of the owner's payments, which no token may read",
    "`There is no stack": OTHER_COMMAND,
    "`in the queue (first": OTHER_COMMAND,
    "`… must be among the principals": OTHER_COMMAND,
    "`… was not updated": AWS_LATER,
    "`The template offers no": OTHER_COMMAND,
    "`The time did not suffice": AWS_LATER,
    "`AWS refused": AWS_LATER,
    "`AWS was not able": AWS_LATER,
    "`CloudFormation did not say": AWS_LATER,
    "`because the token or its organization": "is noted: the token has not the scope delete_repo",
    "`The repository is renamed to": LATER,
    # Of those who change this project, and of the rehearsal.
    "`The advisory service": OTHER_COMMAND,
    "`… does not tell the licence": OTHER_COMMAND,
    "`… does not name its licence": OTHER_COMMAND,
    "`A rehearsal is running": OTHER_COMMAND,
    "`There is no rehearsal": OTHER_COMMAND,
    "`Another rehearsal": OTHER_COMMAND,
    "`Port … is in use": OTHER_COMMAND,
    "`The folder .rehearsal": OTHER_COMMAND,
    "`This folder is not a git": OTHER_COMMAND,
    "`The data cannot be trained on": OTHER_COMMAND,
}


def _rows() -> list[str]:
    """First cells of the tables below the headings that say Troubleshooting."""
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in documents)
    sections = re.findall(r"^## Troubleshooting\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    lines = [line for section in sections for line in section.splitlines()]
    cells = [line[2:].split(" | ")[0] for line in lines if line.startswith("| ")]
    return [cell for cell in cells if cell != "it says" and set(cell) != {"-"}]


def test_there_are_rows() -> None:
    assert len(_rows()) > 50


@pytest.mark.parametrize("row", _rows())
def test_each_row_is_found_or_has_its_reason(row: str) -> None:
    assert len([key for key in ROWS if row.startswith(key)]) == 1


FOUND = sorted({one for one in ROWS.values() if isinstance(one, Found)})


@pytest.mark.parametrize("found", FOUND)
def test_what_is_found_is_played(found: Found) -> None:
    """A test of `doctor` has the words, beside the level at which the command ends with 1."""
    folders = [ROOT / "tests/unit/operations/doctor", ROOT / "tests/rehearsed/operations"]
    here = Path(__file__).name
    tests = [file for folder in folders for file in folder.glob("test_*.py") if file.name != here]
    texts = [" ".join(file.read_text(encoding="utf-8").split()) for file in tests]
    played = [text for text in texts if found.words in text and '"fails"' in text]
    assert played != []
    assert found.about in _abouts()


def _abouts() -> set[str]:
    modules = (
        bootstrapped,
        github_credential,
        github_owner,
        organization,
        studio,
        template_repository,
        template_settings,
    )
    return {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.endswith("ABOUT")
    }
