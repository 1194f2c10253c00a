"""What ends a container: the customer's mistakes, apart from everything else."""

from __future__ import annotations


class ClientError(Exception):
    """A mistake of the customer's, in the words that the container reports."""


class UnsupportedFormatError(Exception):
    """A media type that the container's defaults do not speak."""

    def __init__(self, media_type: str) -> None:
        super().__init__(
            f"Content type {media_type} is not supported by this framework.\n\n"
            "Please implement input_fn to to deserialize the request data or an output_fn to\n"
            "serialize the response. For more information, see the SageMaker Python SDK README."
        )
