"""The errors of Application Auto Scaling, with the codes that AWS sends.

ServiceError
├── ScalingRefusedError        ValidationException
└── ScalingObjectNotFoundError ObjectNotFoundException: no such target or policy
"""

from __future__ import annotations

from rehearsal.aws.service_kit.errors import ServiceError


class ScalingRefusedError(ServiceError):
    """The request is wrong, or about what this service does not scale."""

    code = "ValidationException"


class ScalingObjectNotFoundError(ServiceError):
    """A target that is not registered, or a policy that does not exist."""

    code = "ObjectNotFoundException"
