"""The errors of Cost Explorer and of Budgets, with the codes that AWS sends.

ServiceError
├── CostRequestRefusedError  ValidationException: the request does not fit the model
├── LinkedAccountError       AccessDeniedException: only the account that pays may ask
└── BudgetRefusedError       InvalidParameterException: no such budget can be made
"""

from __future__ import annotations

from rehearsal.aws.service_kit.errors import ServiceError


class CostRequestRefusedError(ServiceError):
    """The request is wrong."""

    code = "ValidationException"


class LinkedAccountError(ServiceError):
    """A member of an organization asks what is its payer's.

    The words as users report them: https://github.com/aws/aws-parallelcluster-ui/issues/242
    """

    code = "AccessDeniedException"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Failed to {what}: Linked account doesn't have access to cost allocation tags."
        )


class BudgetRefusedError(ServiceError):
    """A budget that AWS does not make."""

    code = "InvalidParameterException"
