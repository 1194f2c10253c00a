"""Whose users may create projects: roles that somebody named, or all roles of named domains."""

from collections.abc import Mapping
from pathlib import Path

import boto3
from github import Github, GithubException

from operations.aws_session import PATIENCE, Identity
from operations.company_settings import (
    STUDIO_DOMAINS,
    STUDIO_ROLES,
    further_roles,
    read_settings,
)
from operations.errors import SettingRefusedError
from operations.named_domains import resolve, split_names
from operations.registration.answers import Ask, StudioAnswer, choose_roles
from operations.repository_variables import read_variables
from operations.studio_roles import registered_role


def kept_domains(client: Github, repository: str, folder: Path) -> tuple[str, ...]:
    """The domains of the last registration, or those that are set here.

    Args:
        client: of GitHub.
        repository: `OWNER/NAME` of the template's; empty if there is none.
        folder: the clone, whose `.env` is read.
    """
    here = read_settings(folder)
    if STUDIO_DOMAINS in here or STUDIO_ROLES in here or not repository:
        return split_names(here.get(STUDIO_DOMAINS, ""))
    try:
        return split_names(read_variables(client, repository).get(STUDIO_DOMAINS, ""))
    except GithubException:  # a token that may not read them; the step that sets them tells
        return ()


def admitted(
    session: boto3.Session,
    who: Identity,
    given: StudioAnswer,
    kept: tuple[str, ...],
    ask: Ask | None,
) -> tuple[str, tuple[str, ...], Mapping[str, str]]:
    """The first role, the further ones, and the settings that domains stand for; see `Setting`.

    Args:
        session: of AWS.
        who: of the account.
        given: what the command line says.
        kept: domains that were named before.
        ask: asks what nothing says.

    Raises:
        OperationError: there is no such role or domain, or nobody to ask.
    """
    sagemaker = session.client("sagemaker", config=PATIENCE)
    domains = given.domains or kept
    if not domains and not given.role:
        given = choose_roles(sagemaker, ask)
        domains = given.domains
    if not domains:
        further = further_roles(who)
        if given.role in further:
            why = f"{given.role} is the first role already; take it out"
            raise SettingRefusedError(STUDIO_ROLES, why)
        return given.role, further, {}
    registered = registered_role(session.client("ssm", config=PATIENCE))
    found = resolve(sagemaker, domains, who, wanted=given.role, registered=registered)
    return found.first, found.further, found.settings
