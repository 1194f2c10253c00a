"""All that is looked at, in the order of the report: the account first, then GitHub."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import boto3
import requests
from botocore.exceptions import BotoCoreError, ClientError

from operations.account_names import REGISTRATION_ROLE
from operations.aws_session import PATIENCE, Identity, describe, identity, open_session
from operations.bootstrap import DEFAULT_QUALIFIER
from operations.company_settings import DATA_LOCATIONS, PREFIX, PRINCIPAL_ORG_ID, QUALIFIER
from operations.doctor import (
    aws_organization,
    bootstrapped,
    budgets,
    encryption_key,
    github_credential,
    github_owner,
    identity_provider,
    organization,
    quotas,
    region,
    registered_settings,
    role_names,
    studio,
    template_repository,
    template_settings,
)
from operations.doctor.examination import Check
from operations.doctor.github_answers import ask
from operations.doctor.github_credential import find_user
from operations.doctor.registered_settings import RegisteredSettings, read_registered
from operations.errors import OperationError
from operations.findings import Finding
from operations.github_access import GithubAccess, open_github
from operations.studio_roles import registered_role

ACCOUNT = "account"


@dataclass(frozen=True)
class Wish:
    """What is planned.

    Args:
        projects: how many, beside those that are there.
        owner: of their repositories; empty: the user of the token.
        qualifier: of the bootstrap; empty: as cdk.json has it.
    """

    projects: int
    owner: str
    qualifier: str


def list_checks(wish: Wish, now: datetime) -> Iterator[Check]:
    """Open AWS and GitHub, and yield what can be looked at; a missing credential is a finding."""
    access, missing = None, ""
    try:
        access = open_github()
    except OperationError as error:
        missing = str(error)
    yield from _of_aws(wish, access)
    if access is None:
        yield _told(Finding("fails", github_credential.ABOUT, missing))
    else:
        yield from _of_github(wish, access, now)


def _of_aws(wish: Wish, access: GithubAccess | None) -> Iterator[Check]:
    try:
        session = open_session()
        who = identity(session)
    except OperationError as error:
        yield _told(Finding("fails", ACCOUNT, str(error)))
    except (ClientError, BotoCoreError) as error:
        why = describe(error)
        sentence = f"AWS does not say who you are ({why}); set AWS_PROFILE to a valid profile."
        yield _told(Finding("fails", ACCOUNT, sentence))
    else:
        yield _told(Finding("ok", ACCOUNT, f"You are {who.arn}, and work in {who.region}."))
        yield from _of_account(wish, session, who, access)


def _of_account(
    wish: Wish, session: boto3.Session, who: Identity, access: GithubAccess | None
) -> Iterator[Check]:
    client = partial(session.client, config=PATIENCE)
    iam, ssm, quota = client("iam"), client("ssm"), client("service-quotas")
    settings = read_registered(iam, access)
    qualifier = wish.qualifier or settings.value(QUALIFIER) or DEFAULT_QUALIFIER
    further, domains = settings.further_roles(who), settings.domains()
    prefix, key = settings.value(PREFIX), settings.key(who)
    has_readers = bool(settings.value(DATA_LOCATIONS))
    yield Check(region.ABOUT, "", partial(region.look_at_region, who.region))
    yield Check(template_settings.ABOUT, "", partial(template_settings.look_at_settings, who))
    yield Check(registered_settings.ABOUT, "", partial(registered_settings.look_at_both, settings))
    look = partial(bootstrapped.look_at_bootstrap, ssm, iam, who, qualifier)
    yield Check(bootstrapped.ABOUT, "ssm", look)
    look = partial(studio.look_at_studio, client("sagemaker"), ssm, further, domains)
    yield Check(studio.ABOUT, "sagemaker", look)
    yield Check(studio.RIGHTS_ABOUT, "iam", partial(studio.look_at_rights, iam, ssm, who, further))
    look = partial(quotas.look_at_roles, iam, wish.projects, has_readers=has_readers)
    yield Check(quotas.ROLES, "iam", look)
    look = partial(quotas.look_at_keys, client("kms"), quota, wish.projects, key)
    yield Check(quotas.KEYS, "kms", look)
    yield Check(quotas.JOBS, "servicequotas", partial(quotas.look_at_jobs, quota, wish.projects))
    yield from _of_settings(client, settings, who)
    if access is not None:
        yield from _of_workflow(access, iam, settings)
    look = partial(role_names.look_at_names, iam, client("cloudformation"), who.region, prefix)
    yield Check(role_names.ABOUT, "iam", look)


def _of_settings(
    client: Callable[..., Any], settings: RegisteredSettings, who: Identity
) -> Iterator[Check]:
    """What is looked at only where a setting names it."""
    topic = settings.value(budgets.SETTING)
    if topic.count(":") == 5:  # what is wrong with it is found with the other settings
        sns = client("sns", region_name=topic.split(":")[3])
        yield Check(budgets.ABOUT, "sns", partial(budgets.look_at_topic, sns, topic))
        yield Check(budgets.ABOUT, "ce", partial(budgets.look_at_tag, client("ce")))
    key = settings.key(who)
    if key:
        roles = partial(_studio_roles, client("ssm"), settings.further_roles(who))
        look = partial(encryption_key.look_at_key, client("kms"), key, who, roles)
        yield Check(encryption_key.ABOUT, "kms", look)
    wanted = settings.value(PRINCIPAL_ORG_ID)
    if wanted:
        look = partial(aws_organization.look_at_membership, client("organizations"), wanted)
        yield Check(aws_organization.ABOUT, "organizations", look)


def _of_workflow(access: GithubAccess, iam: Any, settings: RegisteredSettings) -> Iterator[Check]:
    """What a registration by workflow needs of the account."""
    look = partial(identity_provider.look_at_provider, iam, access.issuer)
    yield Check(identity_provider.ABOUT, "iam", look)
    name = template_repository.find_repository(access.server_url) or settings.repository
    role = f"{settings.value(PREFIX)}{REGISTRATION_ROLE}"
    look = partial(template_repository.look_at_registration, access, iam, name, role)
    yield Check(template_repository.ABOUT, "iam", look)


def _studio_roles(ssm: Any, further: tuple[str, ...]) -> tuple[str, ...]:
    first = registered_role(ssm)
    return further if first is None else (first, *further)


def _of_github(wish: Wish, access: GithubAccess, now: datetime) -> Iterator[Check]:
    look = partial(github_credential.look_at_token, access, now)
    yield Check(github_credential.ABOUT, "", look)
    try:
        user = find_user(ask(access.client, "/user"))
    except requests.RequestException:  # as the finding before has it
        return
    if user is None:
        return
    owner = wish.owner or user.login
    look = partial(github_owner.look_at_owner, access, user, owner)
    yield Check(github_owner.ABOUT, "", look)
    if owner == user.login or not github_owner.is_organization(access, owner):
        return
    for about, look_at in (
        (organization.ACTIONS_ABOUT, organization.look_at_actions),
        (organization.SUBJECT_ABOUT, organization.look_at_subject),
        (organization.RUNNERS_ABOUT, organization.look_at_runners),
    ):
        yield Check(about, "", partial(look_at, access, owner))


def _told(finding: Finding) -> Check:
    return Check(finding.about, "", lambda: [finding])
