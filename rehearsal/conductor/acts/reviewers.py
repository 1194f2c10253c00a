"""The people who decide about model versions; no two gates of a version are one person's."""

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.set_up import policy
from rehearsal.conductor.aws_accounts import AwsUser

MODEL_REVIEWER = "model-reviewer"
RELEASE_MANAGER = "release-manager"
_DECIDE = policy(
    Action=["sagemaker:DescribeModelPackage", "sagemaker:UpdateModelPackage"],
    Resource="arn:aws:sagemaker:*:*:model-package/*",
)


def reviewer(play: Play, name: str) -> AwsUser:
    """An IAM user of the project's account who may decide about model packages."""
    return play.world.administrator.make_user(name, "decides", _DECIDE)


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
