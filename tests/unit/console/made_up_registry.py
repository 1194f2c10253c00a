"""SageMaker with one project and the versions of its model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from tests.unit.console.ledger_table import ARN, GROUP

_WHEN = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
ANNA = "arn:aws:iam::111122223333:user/anna"


def refusal(code: str, message: str, operation: str) -> ClientError:
    """What boto3 raises."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class SageMaker:
    """Answers what pages ask, and keeps what it is told.

    Args:
        owner: of the repositories.
        stages: the project's parameter.
    """

    def __init__(self, owner: str = "octo", stages: str = "dev,prod") -> None:
        self.owner, self.stages = owner, stages
        self.packages: dict[str, dict[str, Any]] = {}
        self.told: list[dict[str, Any]] = []
        self.refusals: list[Exception] = []

    def add(self, number: int, approval: str, **more: Any) -> None:
        """Register a version."""
        arn = f"{ARN}/{number}"
        self.packages[arn] = {
            "ModelPackageArn": arn,
            "ModelPackageGroupName": GROUP,
            "ModelPackageVersion": number,
            "ModelApprovalStatus": approval,
            "CreationTime": _WHEN,
            "LastModifiedTime": _WHEN,
            "LastModifiedBy": {"IamIdentity": {"Arn": ANNA}},
            **more,
        }

    def describe_project(self, **_: Any) -> Mapping[str, Any]:
        given = {"GithubUserName": self.owner, "Stages": self.stages}
        return {
            "ProjectStatus": "CreateCompleted",
            "CreationTime": _WHEN,
            "ServiceCatalogProvisioningDetails": {
                "ProvisioningParameters": [
                    {"Key": key, "Value": value} for key, value in given.items()
                ]
            },
        }

    def describe_model_package(self, *, ModelPackageName: str) -> Mapping[str, Any]:  # noqa: N803
        found = self.packages.get(ModelPackageName.lower())
        if found is None:
            message = f"ModelPackage {ModelPackageName} does not exist."
            raise refusal("ValidationException", message, "DescribeModelPackage")
        return dict(found)

    def list_model_packages(self, **request: Any) -> Mapping[str, Any]:
        wanted = request.get("ModelApprovalStatus")
        newest = sorted(self.packages.values(), key=lambda one: -one["ModelPackageVersion"])
        found = [one for one in newest if wanted in (None, one["ModelApprovalStatus"])]
        return {"ModelPackageSummaryList": found[: request["MaxResults"]]}

    def update_model_package(self, *, ModelPackageArn: str, **told: Any) -> None:  # noqa: N803
        if self.refusals:
            raise self.refusals.pop()
        self.told.append(told)
        self.packages[ModelPackageArn].update(told)
