"""The people who decide about model versions; no two gates of a version are one person's."""

import json

from botocore.exceptions import ClientError

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.aws_accounts import AwsUser

MODEL_REVIEWER = "model-reviewer"
RELEASE_MANAGER = "release-manager"
_DECIDE = {
    "Effect": "Allow",
    "Action": ["sagemaker:DescribeModelPackage", "sagemaker:UpdateModelPackage"],
    "Resource": "arn:aws:sagemaker:*:*:model-package/*",
}


def reviewer(play: Play, name: str) -> AwsUser:
    """An IAM user of the project's account who may decide about model packages."""
    iam = play.world.administrator.client("iam")
    try:
        iam.create_user(UserName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityAlreadyExists":
            raise
    policy = json.dumps({"Version": "2012-10-17", "Statement": [_DECIDE]})
    iam.put_user_policy(UserName=name, PolicyName="decides", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return AwsUser(play.world.endpoint_url, key["AccessKeyId"], key["SecretAccessKey"])


def decide(play: Play, arn: str, status: str, why: str) -> None:
    """Approve or reject a version in the registry, as the reviewer of models."""
    reviewer(play, MODEL_REVIEWER).client("sagemaker").update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus=status, ApprovalDescription=why
    )


def open_stage(play: Play, arn: str, name: str) -> None:
    """Approve a version for a stage in its life cycle, as the release manager."""
    reviewer(play, RELEASE_MANAGER).client("sagemaker").update_model_package(
        ModelPackageArn=arn,
        ModelLifeCycle={
            "Stage": name,
            "StageStatus": "Approved",
            "StageDescription": "Approved in the rehearsal",
        },
    )
