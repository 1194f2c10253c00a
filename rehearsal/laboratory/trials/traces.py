"""What a project has left in GitHub and AWS; nothing, after a rollback or a deletion."""

import fnmatch
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from mlops_sm_project_template.config import names
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject

_ANY = names.ANY_PROJECT_ID
_DUTIES = (
    "execution",
    "build",
    *(duty for stage in names.DEFAULT_STAGES for duty in names.stage_duties(stage)),
)


def list_traces(project: TrialProject) -> list[str]:
    """Name everything of a project that exists; its failed stack, which says why, is none."""
    return [*_repositories(project), *_named(project), *_keys(project.lane, project.id)]


def list_all_traces(lane: Lane) -> list[str]:
    """Name everything of any project that exists, for the sweep after the last deletion."""
    admin = lane.administrator
    roles = _pages(admin("iam"), "list_roles", "Roles", "RoleName")
    secrets = _pages(admin("secretsmanager"), "list_secrets", "SecretList", "Name")
    parameters = _pages(admin("ssm"), "describe_parameters", "Parameters", "Name")
    buckets = _pages(admin("s3"), "list_buckets", "Buckets", "Name")
    groups = _pages(
        *(admin("sagemaker"), "list_model_package_groups", "ModelPackageGroupSummaryList"),
        "ModelPackageGroupName",
    )
    stacks = admin("cloudformation").get_paginator("list_stacks").paginate()
    launched = [
        stack["StackName"]
        for page in stacks
        for stack in page["StackSummaries"]
        if stack["StackName"].startswith("SC-") and stack["StackStatus"] != "DELETE_COMPLETE"
    ]
    return [
        *(f"role {name}" for name in fnmatch.filter(roles, names.project_role(_ANY, "*"))),
        *(f"secret {name}" for name in fnmatch.filter(secrets, names.token_secret(_ANY))),
        *(f"parameter {p}" for p in parameters if p.startswith(names.PROJECT_PARAMETER_PREFIX)),
        *(f"bucket {name}" for name in fnmatch.filter(buckets, names.bucket(_ANY))),
        *(f"model package group {name}" for name in groups),
        *(f"stack {name}" for name in launched),
        *_keys(lane, None),
    ]


def list_all_repositories(lane: Lane) -> list[str]:
    """Name every repository of a lane's user."""
    return [f"repository {item['full_name']}" for item in lane.github_list("/user/repos")]


def _repositories(project: TrialProject) -> Iterator[str]:
    for name in list_all_repositories(project.lane):
        if name.partition("/")[2].startswith(f"{project.name}-"):
            yield name


def _named(project: TrialProject) -> Iterator[str]:
    admin, id_ = project.lane.administrator, project.id
    group = names.pipeline(project.name, id_)
    looks: list[tuple[str, str, str, dict[str, str]]] = [
        *(
            ("role", "iam", "get_role", {"RoleName": names.project_role(id_, duty)})
            for duty in _DUTIES
        ),
        ("secret", "secretsmanager", "describe_secret", {"SecretId": names.token_secret(id_)}),
        (
            *("parameter", "ssm", "get_parameter"),
            {"Name": names.project_parameter(project.name, id_)},
        ),
        ("bucket", "s3", "head_bucket", {"Bucket": names.bucket(id_)}),
        (
            *("model package group", "sagemaker", "describe_model_package_group"),
            {"ModelPackageGroupName": group},
        ),
    ]
    for kind, service, operation, arguments in looks:
        try:
            getattr(admin(service), operation)(**arguments)
        except ClientError:
            continue  # there is none of that name
        yield f"{kind} {next(iter(arguments.values()))}"


def _keys(lane: Lane, project_id: str | None) -> Iterator[str]:
    """Keys that cost money: of this project, or of any; those on their way out do not."""
    kms, closed = lane.administrator("kms"), lane.ground.closed_keys
    for key in _pages(kms, "list_keys", "Keys", "KeyId"):
        if key in closed:
            continue
        described = kms.describe_key(KeyId=key)["KeyMetadata"]
        if described["KeyState"] == "PendingDeletion":
            closed.add(key)
            continue
        if described["KeyManager"] != "CUSTOMER":
            continue
        tags = {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=key)["Tags"]}
        owner = tags.get(names.PROJECT_ID_TAG)
        if owner is not None and project_id in (None, owner):
            yield f"key {key}"


def _pages(client: Any, operation: str, result: str, member: str) -> list[str]:
    paginator = client.get_paginator(operation)
    return [item[member] for page in paginator.paginate() for item in page.get(result, [])]
