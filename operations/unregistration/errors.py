"""What stops the way back."""

from collections.abc import Sequence

from operations.errors import OperationError

_SHOWN = 5


class ProjectsExistError(OperationError):
    """The product is in use."""

    def __init__(self, names: Sequence[str]) -> None:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        verb = "1 project still exists" if len(names) == 1 else f"{len(names)} projects still exist"
        super().__init__(
            f"{verb} ({', '.join(names[:_SHOWN])}{more}), which nobody could change or delete "
            'afterwards; first delete what is named, with its endpoints, as "Clean up a project" '
            "in docs/data-scientist.md tells, and start again."
        )


class StackProtectedError(OperationError):
    """Somebody protected the stack against its deletion."""

    def __init__(self, stack: str) -> None:
        super().__init__(
            f"The stack {stack} is protected against deletion; ask who protected it, or run `aws "
            "cloudformation update-termination-protection --no-enable-termination-protection "
            f"--stack-name {stack}`, and start again."
        )


class StackNotDeletedError(OperationError):
    """CloudFormation left the stack, or a part of it."""

    def __init__(self, stack: str, why: str) -> None:
        super().__init__(
            f"The stack {stack} was not deleted ({why}); correct that and start again, which goes "
            "on there."
        )


class ProviderNotKeptError(OperationError):
    """The stack would delete the identity provider that others use."""

    def __init__(self, stack: str, arn: str, why: str) -> None:
        super().__init__(
            f"The stack {stack} could not be told to leave {arn}, which others use ({why}); "
            "update it with `DeletionPolicy: Retain` at its provider, and start again."
        )


class TableBusyError(OperationError):
    """DynamoDB takes long."""

    def __init__(self, table: str, status: str) -> None:
        super().__init__(
            f"The table {table} is {status} for ten minutes already; look at it in DynamoDB, and "
            "start again when it rests."
        )


class BucketNotEmptiedError(OperationError):
    """S3 refused to delete an object."""

    def __init__(self, bucket: str, key: str, why: str) -> None:
        super().__init__(
            f"The bucket {bucket} was not emptied ({key}: {why}); correct that and start again."
        )
