"""Studio: a domain, whose role the template is registered for, and what this role may do."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from operations.aws_session import Identity
from operations.doctor.studio_domains import compare, missing_of
from operations.findings import Finding
from operations.studio_roles import (
    PARAMETER,
    StudioRole,
    list_studio_roles,
    registered_role,
)

ABOUT = "Studio"
RIGHTS_ABOUT = "rights in Studio"
# Of what the prerequisites give, with a resource: to create projects, and to work on them.
_RIGHTS = {
    "sagemaker:CreateProject": "project/name",
    "sagemaker:StartPipelineExecution": "pipeline/name-p-000000000000",
    "servicecatalog:ProvisionProduct": "product/prod-0000000000000",
}
_SHOWN = 3


def look_at_studio(
    sagemaker: Any, ssm: Any, further: tuple[str, ...] = (), domains: tuple[str, ...] = ()
) -> Iterator[Finding]:
    """Compare the roles of domains and profiles with the first and the further ones registered.

    Args:
        sagemaker: boto3 client.
        ssm: boto3 client.
        further: ARNs, as `STUDIO_ROLES` names them.
        domains: those whose roles all are to be registered, as `STUDIO_DOMAINS` names them.
    """
    roles = list_studio_roles(sagemaker)
    if not roles:
        yield Finding(
            "fails",
            ABOUT,
            f"There is no SageMaker domain in {sagemaker.meta.region_name}; make one with the "
            "quick set-up in the SageMaker console, or choose the region that has one.",
        )
        return
    registered = registered_role(ssm)
    used = {role.arn for role in roles}
    # Of a role that is missing in a named domain, the comparison tells.
    told = () if registered is None else missing_of(domains, roles, registered, further)
    yield from (_role(role, registered, further) for role in roles if role not in told)
    yield from _further(further if not domains else (), registered, used)
    yield from compare(domains, roles, registered, further)
    if registered is not None and used.isdisjoint({registered, *further}):
        yield Finding(
            "fails",
            ABOUT,
            f"Studio offers the template to nobody, since {PARAMETER} names {registered}, which is "
            "the role of no domain and no profile; register again with a role that is.",
        )


def _further(further: tuple[str, ...], first: str | None, used: set[str]) -> Iterator[Finding]:
    for role in further:
        if role == first:
            sentence = f"STUDIO_ROLES names {role}, which {PARAMETER} names already; take it out."
            yield Finding("fails", ABOUT, sentence)
        elif role not in used:
            yield Finding(
                "note",
                ABOUT,
                f"STUDIO_ROLES names {role}, which is the role of no domain and no profile; give "
                "it to one, or take it out.",
            )


def look_at_rights(
    iam: Any, ssm: Any, identity: Identity, further: tuple[str, ...] = ()
) -> Iterator[Finding]:
    """Ask IAM whether the first and the further roles may create projects and work on them."""
    first = registered_role(ssm)
    if first is None:
        return
    yield from _rights(iam, first, identity, PARAMETER)
    for role in further:
        yield from _rights(iam, role, identity, "STUDIO_ROLES")


def _rights(iam: Any, role: str, identity: Identity, named_by: str) -> Iterator[Finding]:
    try:
        lacking = [action for action in _RIGHTS if not _is_allowed(iam, role, action, identity)]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        yield Finding(
            "fails",
            RIGHTS_ABOUT,
            f"{named_by} names {role}, which does not exist; register again with another role.",
        )
        return
    if lacking:
        yield Finding(
            "fails",
            RIGHTS_ABOUT,
            f"{role} may not {', '.join(lacking)}; deploy the prerequisites again with "
            "its name in ExecutionRoleName, and remove what denies it.",
        )
        return
    yield Finding("ok", RIGHTS_ABOUT, f"{role} may create projects and work on them.")


def _is_allowed(iam: Any, role: str, action: str, identity: Identity) -> bool:
    service = "catalog" if action.startswith("servicecatalog:") else "sagemaker"
    place = f"arn:{identity.partition}:{service}:{identity.region}:{identity.account}"
    told = iam.simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=[action],
        ResourceArns=[f"{place}:{_RIGHTS[action]}"],
    )
    return all(one["EvalDecision"] == "allowed" for one in told["EvaluationResults"])


def _role(role: StudioRole, registered: str | None, further: tuple[str, ...]) -> Finding:
    users = _shortened(role.used_by)
    if registered is None or role.arn in (registered, *further):
        may = "is registered" if registered else "can be registered"
        return Finding("ok", ABOUT, f"{role.arn} {may}: it is the role of {users}.")
    return Finding(
        "note",
        ABOUT,
        f"Studio does not offer the template to {users}, whose role is {role.arn}; name that "
        "role in STUDIO_ROLES if it should, and register again.",
    )


def _shortened(users: tuple[str, ...]) -> str:
    more = len(users) - _SHOWN
    shown = ", ".join(users[:_SHOWN])
    return shown if more <= 0 else f"{shown} and {more} more"
