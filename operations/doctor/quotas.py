"""Quotas against the projects that are planned beside what is there."""

from collections.abc import Iterator
from typing import Any

from operations.company_settings import SHARED_KEY
from operations.doctor import project_needs
from operations.findings import Finding

ROLES, KEYS, JOBS = "roles", "keys", "SageMaker's quotas"
_KEYS_CODE = "L-C2F1777E"
_SERVERLESS_CODE = "L-96300102"
_TRAINING = f"{project_needs.JOB_INSTANCE_TYPE} for training job usage"
_PROCESSING = f"{project_needs.JOB_INSTANCE_TYPE} for processing job usage"
_ENDPOINT = f"{project_needs.ENDPOINT_INSTANCE_TYPE} for endpoint usage"


def look_at_roles(iam: Any, projects: int, *, has_readers: bool = False) -> Iterator[Finding]:
    """Compare the account's roles with its quota, which is the same in all regions.

    Args:
        iam: client of the account.
        projects: that are planned, with the stages that they have if nobody names others.
        has_readers: whether projects may read folders beside their own bucket.
    """
    summary = iam.get_account_summary()["SummaryMap"]
    further = project_needs.STAGES_OF_A_PROJECT - 1
    each = project_needs.ROLES_OF_ONE_STAGE + further * project_needs.ROLES_OF_A_FURTHER_STAGE
    each += project_needs.ROLES_OF_A_READER if has_readers else 0
    once = project_needs.ROLES_OF_A_REGISTRATION
    yield _room(ROLES, summary["Roles"], summary["RolesQuota"], projects, each, once)


def look_at_keys(kms: Any, quotas: Any, projects: int, kms_key: str = "") -> Iterator[Finding]:
    """Compare the region's keys with its quota; AWS's own keys count here, but not there.

    Args:
        kms: the boto3 client.
        quotas: the boto3 client.
        projects: how many are planned.
        kms_key: what `KMS_KEY` says: with a key for all, no project makes one.
    """
    pages = kms.get_paginator("list_keys").paginate()
    used = sum(len(page["Keys"]) for page in pages)
    told = quotas.get_service_quota(ServiceCode="kms", QuotaCode=_KEYS_CODE)
    most = int(told["Quota"]["Value"])
    each = 0 if kms_key else project_needs.KEYS_OF_A_PROJECT
    yield _room(KEYS, used, most, projects, each, int(kms_key == SHARED_KEY))


def look_at_jobs(quotas: Any, projects: int) -> Iterator[Finding]:
    """Compare what a build and an endpoint of each project take with SageMaker's quotas."""
    values, names = _values(quotas)
    concurrency = project_needs.SERVERLESS_CONCURRENCY
    for name, each, what in (
        (_TRAINING, 0, "build"),
        (_PROCESSING, 0, "build"),
        (names.get(_SERVERLESS_CODE, ""), concurrency, "endpoint of the stage dev"),
    ):
        if name in values:
            yield _enough(name, values[name], max(each, 1), each * projects, what)
    if values.get(_ENDPOINT) == 0:
        yield Finding(
            "note",
            JOBS,
            f'The quota "{_ENDPOINT}" is 0, so that no stage can have instances; {_ask()} before '
            "`stages.yml` names a stage with `mode: realtime`.",
        )


def _values(quotas: Any) -> tuple[dict[str, int], dict[str, str]]:
    """Values by name, and names by code."""
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
    listed = [quota for page in pages for quota in page["Quotas"]]
    values = {quota["QuotaName"]: int(quota["Value"]) for quota in listed}
    return values, {quota["QuotaCode"]: quota["QuotaName"] for quota in listed}


def _enough(name: str, value: int, least: int, wanted: int, what: str) -> Finding:
    if value < least:
        return Finding(
            "fails", JOBS, f'The quota "{name}" is {value}, and a {what} needs {least}; {_ask()}.'
        )
    if value < wanted:
        return Finding(
            "fails",
            JOBS,
            f'The quota "{name}" is {value}, which is for {value // least} projects as they are '
            f"shipped, and not for {wanted // least}; {_ask()}, or plan fewer.",
        )
    return Finding("ok", JOBS, f'The quota "{name}" is {value}.')


def _ask() -> str:
    return "ask for more under Service Quotas → Amazon SageMaker"


def _room(about: str, used: int, most: int, projects: int, each: int, once: int) -> Finding:
    needed = projects * each + once
    if used + needed <= most:
        sentence = f"The account has {used} of {most} {about}; {projects} projects add {needed}."
        return Finding("ok", about, sentence)
    remedy = "ask for more under Service Quotas"
    if each:
        remedy += f", or plan at most {max((most - used - once) // each, 0)}"
    return Finding(
        "fails",
        about,
        f"The account has {used} of {most} {about}, and {projects} projects add {needed}; "
        f"{remedy}.",
    )
