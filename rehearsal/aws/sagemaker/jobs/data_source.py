"""Which kinds of input data the rehearsal reads."""

from __future__ import annotations

from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.service_kit.operations import Record

_PREFIX = "S3Prefix"


def check_data_source(what: str, source: Record) -> None:
    """Refuse a manifest, which would be taken for data.

    Args:
        what: how the sentence calls the input, such as `Channel train`.
        source: its S3Input or S3DataSource.
    """
    kind = source.get("S3DataType", _PREFIX)
    if kind != _PREFIX:
        raise RequestRefusedError(
            f"{what} has the S3DataType {kind}; the rehearsal reads {_PREFIX} only."
        )
