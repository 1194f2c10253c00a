"""The AWS account that commands work in, by the settings of the AWS command line."""

import os
import re
from dataclasses import dataclass
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.utils import is_valid_endpoint_url

from operations.errors import EndpointWrongError, RegionMissingError

_ENDPOINT = "AWS_ENDPOINT_URL"
_HEADER_VALUE = re.compile(r"(Invalid header value) b?(?:'.*'|\".*\")", re.DOTALL)
# What does not answer by then is told, rather than waited for.
PATIENCE = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard"})


class Clients(Protocol):
    """Makes clients, as a session of boto3 does."""

    @property
    def region_name(self) -> str:
        """The region that they ask."""

    def client(self, service: str, *, config: Config) -> Any:
        """The client of a service."""


@dataclass(frozen=True)
class Identity:
    """Who works where.

    Args:
        account: 12 digits.
        partition: such as aws.
        region: such as eu-west-1.
        arn: of whoever has the credentials.
    """

    account: str
    partition: str
    region: str
    arn: str


def open_session() -> boto3.Session:
    """Make a session of `AWS_PROFILE`, `AWS_REGION` and the other settings of the AWS tools.

    Raises:
        RegionMissingError: no region is set.
        EndpointWrongError: a setting names an endpoint, and is no address.
        BotoCoreError: there is no such profile, or the settings cannot be read.
    """
    for name, value in sorted(os.environ.items()):
        if name.startswith(_ENDPOINT) and value and not is_valid_endpoint_url(value):
            raise EndpointWrongError(name, value)
    # boto3 itself reads AWS_DEFAULT_REGION only; the AWS command line reads both.
    session = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
    if session.region_name is None:
        raise RegionMissingError
    return session


def identity(session: boto3.Session) -> Identity:
    """Ask AWS whose credentials they are.

    Raises:
        ClientError: AWS refused.
        BotoCoreError: there are none, or AWS cannot be reached.
    """
    told = session.client("sts", config=PATIENCE).get_caller_identity()
    partition = told["Arn"].split(":")[1]
    return Identity(told["Account"], partition, session.region_name, told["Arn"])


def describe(error: ClientError | BotoCoreError) -> str:
    """Return an AWS error on one line, without a request's parameters."""
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        return f"{said.get('Code', 'unknown')}: {said.get('Message', '')}".strip()
    # Python quotes the value of a header that HTTP has no way to write, such as a token's.
    return _HEADER_VALUE.sub(r"\1 of a credential; correct it", str(error))
