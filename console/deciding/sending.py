"""Tells SageMaker a decision; what it refuses becomes a sentence, as does what nobody knows."""

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from console.asking.account import Account
from console.asking.signing_in import has_expired, sign_in
from console.deciding.decision import Decision
from operations.aws_session import describe
from operations.doctor.examination import missing_right

_FAILED = 500


@dataclass(frozen=True)
class NotTaken:
    """Why a decision does not count.

    Args:
        sentence: what happened, and what to do.
        is_known: False if AWS may have taken it nevertheless.
    """

    sentence: str
    is_known: bool = True


def send(account: Account, arn: str, decision: Decision) -> NotTaken | None:
    """Tell SageMaker; returns None once it has taken the decision."""
    try:
        account.client("sagemaker").update_model_package(ModelPackageArn=arn, **decision.told)
    except (ClientError, BotoCoreError) as error:
        if has_expired(error):
            account.renew()
            return NotTaken(f"{sign_in(error)} Nothing was changed.")
        if isinstance(error, ClientError) and not _has_failed(error):
            return NotTaken(_refusal(account, arn, error))
        return NotTaken(
            f"It is not known whether AWS took it ({describe(error)}); look at the status of the "
            "version before you decide again.",
            is_known=False,
        )
    return None


def _has_failed(error: ClientError) -> bool:
    """Whether AWS failed in the middle, instead of refusing."""
    status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= _FAILED


def _refusal(account: Account, arn: str, error: ClientError) -> str:
    right = missing_right(error, "sagemaker")
    if right is None:
        return f"AWS refused it for {arn}: {describe(error).rstrip('.')}."
    return (
        f"{account.identity.arn} may not do that: the right {right} on {arn} is missing. "
        f"Somebody who has it decides, or gives it to you. AWS says: {describe(error)}"
    )
