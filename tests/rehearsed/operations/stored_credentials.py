"""The credential of octo in Secrets Manager, and the projects that use it."""

from __future__ import annotations

import json

from mlops_sm_project_template.config import names
from rehearsal.tests.emulator.local_aws import LocalAws

SECRET = names.owner_secret("octo")


def read_credential(aws: LocalAws) -> dict[str, object]:
    """What is stored."""
    secret = aws.client("secretsmanager").get_secret_value(SecretId=SECRET)
    return dict(json.loads(secret["SecretString"]))


def use_credential(aws: LocalAws, project: str, secret: str) -> None:
    """What a project's stack writes."""
    aws.client("ssm").put_parameter(
        Name=f"{names.PROJECT_PARAMETER_PREFIX}{project}",
        Type="String",
        Value=json.dumps({"owner": "octo", "token_secret_arn": secret}),
    )


def forget_projects(aws: LocalAws) -> None:
    """Leave no project behind."""
    ssm = aws.client("ssm")
    found = ssm.get_parameters_by_path(Path=names.PROJECT_PARAMETER_PREFIX.rstrip("/"))
    for parameter in found["Parameters"]:
        ssm.delete_parameter(Name=parameter["Name"])
