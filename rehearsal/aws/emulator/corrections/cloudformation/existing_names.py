"""A resource whose name is taken fails, as on AWS; MiniStack would take over or overwrite it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudwatch_logs, dynamodb, iam, kms, lambda_svc, secretsmanager, sqs

from rehearsal.aws.emulator.corrections.cloudformation import resource_handlers


@dataclass(frozen=True)
class _Named:
    """A type whose resources have names.

    Attributes:
        exists: whether a name is taken.
        reason: what CloudFormation says, with the name.
    """

    cfn_type: str
    name: str
    exists: Callable[[str], bool]
    reason: str

    def check(self, props: dict[str, Any]) -> None:
        """Fail the creation of a resource whose name is taken."""
        name = props.get(self.name)
        if name and self.exists(name):
            raise ValueError(self.reason.format(name))


def _alias_exists(name: str) -> bool:
    return kms._alias_arn(name) in kms._aliases


_TYPES = (
    _Named(
        "AWS::DynamoDB::Table",
        "TableName",
        dynamodb._tables.__contains__,
        "Resource of type 'AWS::DynamoDB::Table' with identifier '{}' already exists.",
    ),
    _Named("AWS::KMS::Alias", "AliasName", _alias_exists, "{} already exists"),
    _Named(
        "AWS::IAM::Role", "RoleName", iam._roles.__contains__, "Role with name {} already exists."
    ),
    _Named(
        "AWS::Lambda::Function",
        "FunctionName",
        lambda_svc._functions.__contains__,
        "Function already exist: {}",
    ),
    _Named(
        "AWS::Logs::LogGroup",
        "LogGroupName",
        cloudwatch_logs._log_groups.__contains__,
        "{} already exists",
    ),
    _Named(
        "AWS::SecretsManager::Secret",
        "Name",
        secretsmanager._secrets.__contains__,
        "The operation failed because the secret {} already exists.",
    ),
    _Named(
        "AWS::SQS::Queue", "QueueName", sqs._queue_name_to_url.__contains__, "{} already exists"
    ),
)


def apply() -> None:
    """Check before each creation."""
    for named in _TYPES:
        resource_handlers.check_first(named.cfn_type, named.check, ["create"])
