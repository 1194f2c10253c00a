"""The data of a project that is not there, and the function that clears it up."""

from __future__ import annotations

import json
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.laboratory.trials.project import TrialProject

_IMAGE = f"141502667606.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:3.2-0"
_ANSWERS = "answers"
_PLACE = {"LocationConstraint": REGION}
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{names.DATA_ROLE}"
# As a project's key has it: the account, and the function by its name.
_KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": "kms:ScheduleKeyDeletion",
            "Resource": "*",
            "Condition": {"ArnEquals": {"aws:PrincipalArn": _ROLE}},
        },
    ],
}


class ProjectStore:
    """Makes such data, and sends the function CloudFormation's request to delete it."""

    def __init__(self, project: TrialProject) -> None:
        self._client = project.lane.administrator
        self._made = 0
        self._client("s3").create_bucket(Bucket=_ANSWERS, CreateBucketConfiguration=_PLACE)

    def make(self) -> dict[str, str]:
        """A bucket, a key and a group, each with what a deletion meets; the properties of all."""
        self._made += 1
        project_id = f"p-mutation{self._made:04}"
        bucket, group = names.bucket(project_id), names.pipeline("rings", project_id)
        self._fill_bucket(bucket)
        self._fill_group(group, bucket)
        tag = {"TagKey": names.PROJECT_ID_TAG, "TagValue": project_id}
        made = self._client("kms").create_key(Tags=[tag], Policy=json.dumps(_KEY_POLICY))
        return {
            "BucketName": bucket,
            "KeyId": made["KeyMetadata"]["KeyId"],
            "ModelPackageGroupName": group,
            "PipelineName": group,
            "OnDelete": "delete",
        }

    def delete(self, kind: str, properties: dict[str, Any]) -> dict[str, Any]:
        """Send the request, and read the answer where CloudFormation would."""
        self._made += 1
        place = {"Bucket": _ANSWERS, "Key": f"answer-{self._made}"}
        request = {
            "RequestType": "Delete",
            "ResourceType": f"Custom::Project{kind}",
            "ResponseURL": self._client("s3").generate_presigned_url("put_object", Params=place),
            "StackId": "mutation",
            "RequestId": f"request-{self._made}",
            "LogicalResourceId": kind,
            "PhysicalResourceId": f"project-{kind.lower()}:mutation",
            "ResourceProperties": properties,
        }
        sent = self._client("lambda").invoke(
            FunctionName=names.DATA_FUNCTION, Payload=json.dumps(request).encode()
        )
        assert "FunctionError" not in sent, sent["Payload"].read()
        answer: dict[str, Any] = json.loads(self._client("s3").get_object(**place)["Body"].read())
        return answer

    def _fill_bucket(self, bucket: str) -> None:
        s3 = self._client("s3")
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=_PLACE)
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        for body in (b"model", b"a second version of it"):
            s3.put_object(Bucket=bucket, Key="model.tar.gz", Body=body)
        s3.create_multipart_upload(Bucket=bucket, Key="unfinished")

    def _fill_group(self, group: str, bucket: str) -> None:
        sagemaker = self._client("sagemaker")
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
        container = {"Image": _IMAGE, "ModelDataUrl": f"s3://{bucket}/model.tar.gz"}
        sagemaker.create_model_package(
            ModelPackageGroupName=group,
            ModelApprovalStatus="PendingManualApproval",
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )
