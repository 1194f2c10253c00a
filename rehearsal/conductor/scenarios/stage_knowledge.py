"""What the project's account knows of a stage: the ledger, and what the registry shows of it."""

from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.current_play import Play


def in_ledger(play: Play, arn: str, stage: str) -> dict[str, Any]:
    """The ledger's record of a stage of the project that a version belongs to."""
    group = arn.split("/")[-2]
    item = play.world.administrator.client("dynamodb").get_item(
        TableName=names.APPROVAL_TABLE,
        Key={"ClaimId": {"S": f"stages {group}"}},
        ConsistentRead=True,
    )["Item"]
    records = TypeDeserializer().deserialize(item["Records"])
    return dict(records[stage])


def on_display(play: Play, arn: str) -> dict[str, str]:
    """The metadata of a version in the registry."""
    described = play.world.administrator.client("sagemaker").describe_model_package(
        ModelPackageName=arn
    )
    return dict(described.get("CustomerMetadataProperties", {}))
