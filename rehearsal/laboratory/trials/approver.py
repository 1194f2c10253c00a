"""A reviewer of one project's model versions, and what became of the decisions."""

import json
import re
import time
from collections import Counter
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import REGION
from rehearsal.conductor.errors import TookTooLongError
from rehearsal.conductor.waiting import look_until_found
from rehearsal.laboratory.trials.project import TrialProject

_IMAGE = f"141502667606.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:3.2-0"
_SETTLE_SECONDS = 240.0
_STARTED = ("started", "ended")
FIRST_STAGE = names.DEFAULT_STAGES[0]
_TITLE = re.compile(rf"Deploy (?P<arn>arn:\S+) to {FIRST_STAGE}")


class Approver:
    """Registers versions of one project's model and approves them, as a reviewer does."""

    def __init__(self, project: TrialProject) -> None:
        self.project = project
        self.lane = project.lane
        self._sagemaker = project.lane.administrator("sagemaker")
        self._bucket = names.bucket(project.id)

    def register(self) -> str:
        """Make a version that waits for approval, and give its ARN."""
        key = "model.tar.gz"
        self.lane.administrator("s3").put_object(Bucket=self._bucket, Key=key, Body=b"model")
        answer = self._sagemaker.create_model_package(
            ModelPackageGroupName=names.pipeline(self.project.name, self.project.id),
            ModelApprovalStatus="PendingManualApproval",
            InferenceSpecification={
                "Containers": [{"Image": _IMAGE, "ModelDataUrl": f"s3://{self._bucket}/{key}"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )
        return str(answer["ModelPackageArn"])

    def decide(self, arn: str, status: str = "Approved") -> None:
        """Approve a version, or take that back."""
        self._sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)

    def event_of(self, arn: str) -> dict[str, Any]:
        """The event of an approval, as EventBridge hands it to the function."""
        return {
            "version": "0",
            "id": f"duplicate-{time.monotonic_ns()}",
            "detail-type": "SageMaker Model Package State Change",
            "source": "aws.sagemaker",
            "account": arn.split(":")[4],
            "region": REGION,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "resources": [arn],
            "detail": {
                "ModelPackageGroupName": names.pipeline(self.project.name, self.project.id),
                "ModelPackageVersion": int(arn.rpartition("/")[2]),
                "ModelPackageArn": arn,
                "ModelPackageStatus": "Completed",
                "ModelApprovalStatus": "Approved",
                "UpdatedModelPackageFields": ["ModelApprovalStatus"],
            },
        }

    def deliver(self, event: dict[str, Any]) -> None:
        """Invoke the dispatch function with an event, as EventBridge does."""
        self.lane.administrator("lambda").invoke(
            FunctionName=names.DISPATCH_FUNCTION,
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        )

    def wait_until_started(self, arn: str, *, seconds: float = _SETTLE_SECONDS) -> None:
        """Wait until the ledger says that a version's run for the first stage was started.

        Raises:
            TookTooLongError: it does not.
        """
        if look_until_found(lambda: self.state(arn) in _STARTED or None, seconds=seconds) is None:
            raise TookTooLongError(
                f"The deployment of {arn} was not started within {seconds:.0f} s.",
                log=self.lane.ground.world.logs / "aws.log",
            )

    def state(self, arn: str) -> str:
        """What the ledger says of a version's run for the first stage; empty if nothing."""
        found = self.lane.administrator("dynamodb").get_item(
            TableName=names.APPROVAL_TABLE, Key=stages_key(arn), ConsistentRead=True
        )
        read = TypeDeserializer()
        item = {name: read.deserialize(value) for name, value in found.get("Item", {}).items()}
        under_way = item.get("Records", {}).get(FIRST_STAGE, {}).get("under_way")
        if under_way and under_way["order"]["arn"] == arn:
            return str(under_way["state"])
        return "ended" if arn in item.get("Stages", {}).get(FIRST_STAGE, {}) else ""

    def run_url(self, arn: str) -> str:
        """Address of the newest run that deploys a version to the first stage."""
        _, deploy = self.project.repositories
        path = f"/repos/{deploy}/actions/workflows/{names.DEPLOY_WORKFLOW}/runs"
        runs = self.lane.github_list(path, "workflow_runs")
        title = f"Deploy {arn} to {FIRST_STAGE}"
        return next(str(run["html_url"]) for run in runs if run["display_title"] == title)

    def runs(self) -> Counter[str]:
        """Runs that deploy to the first stage, by the version in their title."""
        _, deploy = self.project.repositories
        path = f"/repos/{deploy}/actions/workflows/{names.DEPLOY_WORKFLOW}/runs"
        runs = self.lane.github_list(path, "workflow_runs")
        titles = (_TITLE.fullmatch(run["display_title"]) for run in runs)
        return Counter(title["arn"] for title in titles if title)


def stages_key(arn: str) -> dict[str, Any]:
    """Key of what the ledger holds of the stages of a version's project."""
    return {"ClaimId": {"S": f"stages {arn.split('/')[1]}"}}
