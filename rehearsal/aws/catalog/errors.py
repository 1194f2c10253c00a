"""The errors that Service Catalog answers, with the codes that AWS sends.

CatalogError
├── InvalidParametersError   InvalidParametersException: the request is wrong
├── ResourceNotFoundError    ResourceNotFoundException: it does not exist, or not for this caller
├── DuplicateResourceError   DuplicateResourceException: the name is taken
├── ResourceInUseError       ResourceInUseException: something else still needs it
├── LimitExceededError       LimitExceededException: a quota of the account is used up
└── OperationNotModelledError  UnknownOperationException: this rehearsal does not model it
"""

from __future__ import annotations


class CatalogError(Exception):
    """An error that goes to the client with its code."""

    code = "InternalFailure"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidParametersError(CatalogError):
    """The request does not fit the model, the template or the state of what it names."""

    code = "InvalidParametersException"


class ResourceNotFoundError(CatalogError):
    """What the request names does not exist, or the caller has no access to it."""

    code = "ResourceNotFoundException"


class DuplicateResourceError(CatalogError):
    """The name is taken."""

    code = "DuplicateResourceException"


class ResourceInUseError(CatalogError):
    """The resource still has others that depend on it; remove those first."""

    code = "ResourceInUseException"


class LimitExceededError(CatalogError):
    """A quota of the account is used up; delete something or have it raised."""

    code = "LimitExceededException"


class OperationNotModelledError(CatalogError):
    """AWS has the operation, this rehearsal has not."""

    code = "UnknownOperationException"
