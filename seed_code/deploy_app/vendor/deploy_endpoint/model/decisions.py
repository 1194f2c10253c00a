"""What was decided of a version, as the function that starts deployments wrote it down.

The metadata of a version shows the same to people. It does not count, since whoever registered the
version could write it; this table no role of the project can write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy_endpoint.errors import ModelPackageError, aws_errors_explained

_TABLE = "mlops-sm-project-approvals"


@dataclass(frozen=True)
class Decisions:
    """Who let a version in.

    Args:
        approved_by: who approved the model.
        opened_by: who opened a stage in the model registry, by stage.
        model_sha256: digest of the artifact that was deployed first; empty if none was.
    """

    approved_by: str
    opened_by: Mapping[str, str]
    model_sha256: str


def read_decisions(dynamodb: Any, arn: str) -> Decisions:
    """Read what was decided of a version.

    Raises:
        ModelPackageError: nobody was seen to approve it; approve it once more.
    """
    key = {"ClaimId": {"S": f"version {arn.lower()}"}}
    with aws_errors_explained(f"read who approved {arn}"):
        item = dynamodb.get_item(TableName=_TABLE, Key=key, ConsistentRead=True).get("Item", {})
    approved_by = _text(item.get("ApprovedBy"))
    if not approved_by:
        raise ModelPackageError(
            f"Nobody is known to have approved {arn}; take its approval in the model registry "
            "back, approve it once more, and run this a minute later."
        )
    opened_by = item.get("OpenedBy", {}).get("M", {})
    digests = item.get("Digests", {}).get("M", {})
    return Decisions(
        approved_by=approved_by,
        opened_by={stage: _text(who) for stage, who in opened_by.items()},
        model_sha256=_text(digests.get("model-sha256")),
    )


def _text(value: Mapping[str, str] | None) -> str:
    return value["S"] if value else ""
