"""The errors of Service Quotas, with the codes that AWS sends.

ServiceError
├── QuotaRequestRefusedError  IllegalArgumentException: the request does not fit the model
└── NoSuchQuotaError          NoSuchResourceException: no such service or quota
"""

from __future__ import annotations

from rehearsal.aws.service_kit.errors import ServiceError


class QuotaRequestRefusedError(ServiceError):
    """The request is wrong."""

    code = "IllegalArgumentException"


class NoSuchQuotaError(ServiceError):
    """A service or a quota that AWS does not list."""

    code = "NoSuchResourceException"
