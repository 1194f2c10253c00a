"""The errors that SageMaker and its runtime answer, with the codes that AWS sends.

ServiceError
├── RequestRefusedError        ValidationException: the request is wrong or names what is not there
├── ResourceNotFoundError      ResourceNotFound: pipelines, executions, jobs
├── ResourceInUseError         ResourceInUse: a job of that name exists
├── ResourceLimitError         ResourceLimitExceeded
├── RequestConflictError       ConflictException: the resource is in the wrong state
├── AccessRefusedError         AccessDeniedException: IAM does not allow it
├── ThrottledError             ThrottlingException: more requests at once than MaxConcurrency
└── runtime errors             ValidationError, ModelError, …; raised with their own code
"""

from __future__ import annotations

from rehearsal.aws.service_kit.errors import ServiceError


class RequestRefusedError(ServiceError):
    """The request does not fit the model, or names something that does not exist."""

    code = "ValidationException"


class ResourceNotFoundError(ServiceError):
    """A pipeline, an execution or a job that does not exist."""

    code = "ResourceNotFound"


class ResourceInUseError(ServiceError):
    """The name is taken."""

    code = "ResourceInUse"


class ResourceLimitError(ServiceError):
    """More than the service allows."""

    code = "ResourceLimitExceeded"


class RequestConflictError(ServiceError):
    """The resource is in a state that does not allow the request."""

    code = "ConflictException"


class AccessRefusedError(ServiceError):
    """IAM does not allow the caller, or the role, to do it."""

    code = "AccessDeniedException"


class InvocationRefusedError(ServiceError):
    """The runtime refuses the invocation before a container sees it."""

    code = "ValidationError"


class ModelInvocationError(ServiceError):
    """The container answered with an error, or did not answer."""

    code = "ModelError"
    status = 424


class ThrottledError(ServiceError):
    """A serverless variant answers as many requests as it may; try again after a while.

    Source: API reference, "Common Errors" (code and status).
    """

    code = "ThrottlingException"


class ServiceUnavailableError(ServiceError):
    """The endpoint is being restored and did not come up in time."""

    code = "ServiceUnavailable"
    status = 503
