"""One project: versions in a registry, and a ledger that the dispatch function's own code fills."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from console.asking.names import ProjectNames
from deploy_dispatch.ledger import Decisions, Ledger
from deploy_dispatch.stage_record import StageRecord
from operations.fleet.stages import TABLE
from tests.console.made_up_aws import ACCOUNT, NOW, REGION, Answers, Asked, MadeUpAccount, Refusal

GROUP = "Rings-p-abcdefghijkl"
PROJECT = ProjectNames.parse(GROUP)
# SageMaker may write a group in small letters into its ARNs.
ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/{GROUP.lower()}"
ANNA = f"arn:aws:iam::{ACCOUNT}:user/anna"
_LISTED = ("ModelPackageArn", "ModelPackageVersion", "ModelApprovalStatus", "CreationTime")


class MadeUpProject:
    """What pages ask of the project, and what they tell.

    Args:
        answers: to other operations, or instead of these.
        account: more that is known of it; see `MadeUpAccount`.

    Attributes:
        packages: by ARN.
        items: of the ledger, by key.
        told: what decisions told SageMaker.
    """

    def __init__(self, answers: Answers | None = None, **account: Any) -> None:
        self.packages: dict[str, dict[str, Any]] = {}
        self.items: dict[str, Mapping[str, Any]] = {}
        self.told: list[Asked] = []
        given = {"GithubUserName": "octo", "Stages": "dev,prod"}
        parameters = [{"Key": key, "Value": value} for key, value in given.items()]
        own = {
            "BatchGetItem": self._find_several,
            "DescribeModelPackage": self._describe,
            "DescribeProject": {
                "ProjectId": PROJECT.id,
                "ProjectStatus": "CreateCompleted",
                "ServiceCatalogProvisioningDetails": {"ProvisioningParameters": parameters},
            },
            "GetItem": self._find,
            "ListModelPackages": self._list,
            "PutItem": self._put,
            "UpdateModelPackage": self._update,
        }
        self.account = MadeUpAccount({**own, **(answers or {})}, **account)

    def add(self, number: int, approval: str = "Approved", **more: Any) -> None:
        """Register a version."""
        self.packages[f"{ARN}/{number}"] = {
            "ModelPackageArn": f"{ARN}/{number}",
            "ModelPackageGroupName": GROUP,
            "ModelPackageVersion": number,
            "ModelApprovalStatus": approval,
            "LastModifiedTime": NOW,
            "LastModifiedBy": {"IamIdentity": {"Arn": ANNA}},
            **more,
        }

    def write(self, records: Mapping[str, StageRecord], *decisions: Decisions) -> None:
        """Have the function write stages and decisions into its ledger."""
        ledger = Ledger(self.account.client("dynamodb"), TABLE)
        for stage, record in records.items():
            ledger.change_stage(GROUP, stage, lambda _, new=record: new)
        for one in decisions:
            known = ledger.decisions(one.arn)
            ledger.change_decisions(known, lambda known, new=one: _with_revision(new, known))

    def close_ledger(self) -> None:
        """Let whoever looks have no right to read it."""
        self.account.answers["BatchGetItem"] = Refusal("AccessDeniedException")

    def has_report(self, report: Any) -> None:
        """Have S3 answer with a report, whatever it is asked for."""
        self.account.answers["GetObject"] = {"Body": json.dumps(report).encode()}

    def _find(self, asked: Asked) -> dict[str, Any]:
        found = self.items.get(asked["Key"]["ClaimId"]["S"])
        return {"Item": found} if found else {}

    def _find_several(self, asked: Asked) -> dict[str, Any]:
        keys = [key["ClaimId"]["S"] for key in asked["RequestItems"][TABLE]["Keys"]]
        return {"Responses": {TABLE: [self.items[key] for key in keys if key in self.items]}}

    def _put(self, asked: Asked) -> dict[str, Any]:
        self.items[asked["Item"]["ClaimId"]["S"]] = asked["Item"]
        return {}

    def _describe(self, asked: Asked) -> Mapping[str, Any] | Refusal:
        name = asked["ModelPackageName"]
        gone = Refusal("ValidationException", f"ModelPackage {name} does not exist.")
        return self.packages.get(name.lower(), gone)

    def _list(self, asked: Asked) -> dict[str, Any]:
        wanted = asked.get("ModelApprovalStatus")
        newest = sorted(self.packages.values(), key=lambda one: -one["ModelPackageVersion"])
        found = [one for one in newest if wanted in (None, one["ModelApprovalStatus"])]
        listed = [{name: one[name] for name in _LISTED if name in one} for one in found]
        return {"ModelPackageSummaryList": listed[: asked["MaxResults"]]}

    def _update(self, asked: Asked) -> dict[str, Any]:
        told = {name: value for name, value in asked.items() if name != "ModelPackageArn"}
        self.told.append(told)
        self.packages[asked["ModelPackageArn"]].update(told)
        return {}


def _with_revision(new: Decisions, known: Decisions) -> Decisions:
    return Decisions(**{**vars(new), "revision": known.revision})
