"""Tells SageMaker a decision; what it refuses becomes a sentence."""

from botocore.exceptions import BotoCoreError, ClientError

from console.asking.account import EXPIRED, Account
from console.asking.gaps import SIGN_IN
from console.deciding.decision import Decision
from operations.aws_session import describe
from operations.doctor.examination import missing_right


def send(account: Account, arn: str, decision: Decision) -> str:
    """Tell SageMaker; returns why it refused, empty if it did not."""
    try:
        account.client("sagemaker").update_model_package(ModelPackageArn=arn, **decision.told)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in EXPIRED:
            account.renew()
            return SIGN_IN
        right = missing_right(error, "sagemaker")
        if right is None:
            return f"AWS refused it for {arn}: {describe(error)}."
        return (
            f"{account.identity.arn} may not do that: the right {right} on {arn} is missing. "
            f"Somebody who has it decides, or gives it to you. AWS says: {describe(error)}"
        )
    except BotoCoreError as error:
        return f"It is not known whether AWS took it ({error}); see the version's page."
    return ""
