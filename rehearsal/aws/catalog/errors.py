"""The errors that Service Catalog answers, with the codes that AWS sends.

CatalogError
├── InvalidParametersError   InvalidParametersException: the request is wrong
├── InvalidStateError        InvalidStateException: it is not in a state for that
├── ResourceNotFoundError    ResourceNotFoundException: it does not exist, or not for this caller
├── DuplicateResourceError   DuplicateResourceException: the name is taken
├── ResourceInUseError       ResourceInUseException: something else still needs it
└── LimitExceededError       LimitExceededException: a quota of the account is used up
"""

from __future__ import annotations

from rehearsal.aws.service_kit.errors import ServiceError


class CatalogError(ServiceError):
    """An error of Service Catalog, which SageMaker tells as its own when it launches a project."""


class InvalidParametersError(CatalogError):
    """The request does not fit the model, the template or the state of what it names."""

    code = "InvalidParametersException"


class InvalidStateError(CatalogError):
    """What the request names must come to rest first, or be done with something else."""

    code = "InvalidStateException"


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
