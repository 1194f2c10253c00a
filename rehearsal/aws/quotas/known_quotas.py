"""The quotas that a project of the template meets, with the values of an account in good standing.

Names: AWS General Reference, "Amazon SageMaker endpoints and quotas" and "AWS Key Management
Service endpoints and quotas". Who asks finds those of instance types by their names, so that their
codes here are made up where nobody saw AWS's. A new account often has 0 where this table has more;
`--quota` of the server sets another value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """A row of the table; codes are unique over all services."""

    service: str
    service_name: str
    code: str
    name: str
    value: float


def _sagemaker(code: str, name: str, value: float) -> Quota:
    return Quota("sagemaker", "Amazon SageMaker", code, name, value)


QUOTAS: Mapping[str, Quota] = {
    quota.code: quota
    for quota in (
        _sagemaker("L-611FA074", "ml.m5.large for training job usage", 15),
        _sagemaker("L-00000001", "ml.m5.large for processing job usage", 20),
        _sagemaker("L-00000002", "ml.m5.large for endpoint usage", 4),
        _sagemaker(
            "L-96300102",
            "Maximum total concurrency that can be allocated across all serverless endpoints",
            200,
        ),
        Quota("kms", "AWS Key Management Service (AWS KMS)", "L-C2F1777E", "KMS keys", 100_000),
    )
}
