"""Moves data between S3 and job folders with a role's credentials, so that IAM has its say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.aws.sagemaker.access import Access, Credentials
from rehearsal.aws.sagemaker.settings import SageMakerSettings

if TYPE_CHECKING:
    from botocore.client import BaseClient

_CONFIG = Config(
    s3={"addressing_style": "path"},
    retries={"max_attempts": 2, "mode": "standard"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_TRANSFER = TransferConfig(use_threads=False)


class DataTransferError(Exception):
    """S3 refused the transfer, or there is nothing to transfer."""


class ObjectStore:
    """S3 as one role sees it."""

    def __init__(self, client: BaseClient) -> None:
        self._client: Any = client

    def download(self, uri: str, folder: Path) -> int:
        """Fetch what `S3DataType` `S3Prefix` names into a folder; how many objects came.

        Those are all objects whose key begins with the text, a folder's as well as a neighbour's.
        Source: API reference, ProcessingS3Input and S3DataSource.
        """
        bucket, prefix = _split(uri)
        with _explained("download data", uri):
            pages = self._client.get_paginator("list_objects_v2")
            found = pages.paginate(Bucket=bucket, Prefix=prefix)
            entries = [entry["Key"] for page in found for entry in page.get("Contents", [])]
            keys = [key for key in entries if not key.endswith("/")]
            for key in keys:
                self._fetch(bucket, key, inside(folder, local_name(key, prefix)))
        if not keys:
            raise DataTransferError(
                f"No S3 objects found under S3 URL '{uri}' given in input data source. Please "
                "ensure that the bucket exists in the selected region, that objects exist under "
                "that S3 prefix, and that the role has permission to read them."
            )
        return len(keys)

    def download_file(self, uri: str, path: Path) -> None:
        """Fetch one object into a file."""
        bucket, key = _split(uri)
        with _explained("download data", uri):
            self._fetch(bucket, key, path)

    def upload_folder(self, folder: Path, uri: str, kms_key: str | None = None) -> None:
        """Put every file of a folder under a prefix; links are not followed."""
        base = uri.rstrip("/")
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                self.upload_file(path, f"{base}/{path.relative_to(folder).as_posix()}", kms_key)

    def upload_file(self, path: Path, uri: str, kms_key: str | None = None) -> None:
        """Put one file."""
        bucket, key = _split(uri)
        sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
        with _explained("upload data", uri):
            self._client.upload_file(str(path), bucket, key, ExtraArgs=sealed, Config=_TRANSFER)

    def read(self, uri: str) -> bytes:
        """The contents of one object."""
        bucket, key = _split(uri)
        with _explained("read", uri):
            answer = self._client.get_object(Bucket=bucket, Key=key)
            body: bytes = answer["Body"].read()
        return body

    def check_exists(self, uri: str) -> None:
        """Raise DataTransferError unless the object is there and may be read."""
        bucket, key = _split(uri)
        with _explained("find", uri):
            self._client.head_object(Bucket=bucket, Key=key)

    def _fetch(self, bucket: str, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._client.download_file(bucket, key, str(path), Config=_TRANSFER)


class ObjectStores:
    """One S3 client per set of credentials, kept for as long as the server runs."""

    def __init__(self, settings: SageMakerSettings, access: Access) -> None:
        self._settings = settings
        self._access = access
        self._lock = threading.Lock()
        self._session: boto3.Session | None = None
        self._stores: dict[str, ObjectStore] = {}

    def for_role(self, role_arn: str) -> ObjectStore:
        """S3 with the permissions of a role that SageMaker may assume."""
        return self._store(self._access.assume(role_arn))

    def for_service(self) -> ObjectStore:
        """S3 with the account's own credentials, for what SageMaker looks up on its own behalf."""
        return self._store(self._access.root())

    def _store(self, credentials: Credentials) -> ObjectStore:
        key = credentials.access_key_id
        with self._lock:
            if key not in self._stores:
                self._stores[key] = ObjectStore(self._client(credentials))
            return self._stores[key]

    def _client(self, credentials: Credentials) -> BaseClient:
        self._session = self._session or boto3.Session(region_name=self._settings.region)
        return self._session.client(
            "s3",
            endpoint_url=self._settings.endpoint_url,
            config=_CONFIG,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token or None,
        )


@contextmanager
def _explained(verb: str, uri: str) -> Iterator[None]:
    """Turn an SDK error into one sentence that names the address."""
    try:
        yield
    except (BotoCoreError, ClientError, S3UploadFailedError) as error:
        # What S3 answered to an upload is the context of the SDK's own error.
        cause = error.__context__ if isinstance(error, S3UploadFailedError) else error
        answer = cause.response.get("Error", {}) if isinstance(cause, ClientError) else None
        reason = f"{answer.get('Code')}: {answer.get('Message')}" if answer else str(cause)
        raise DataTransferError(f"Failed to {verb} ({uri}). {reason}") from error


def _split(uri: str) -> tuple[str, str]:
    """Bucket and key of an S3 address.

    Raises:
        DataTransferError: the address is not an S3 one.
    """
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise DataTransferError(f"{uri} is not an S3 address; give s3://bucket/key.")
    return bucket, key


def local_name(key: str, prefix: str) -> str:
    """Where an object lies in a job's folder, which stands for the folder that the prefix names.

    An object that only begins like the prefix keeps its whole name, as in SageMaker's jobs (not in
    the SDK's local mode): https://github.com/aws/sagemaker-python-sdk/issues/3612
    """
    below = f"{prefix.rstrip('/')}/"
    if prefix and key.startswith(below):
        return key.removeprefix(below)
    return key[prefix.rfind("/") + 1 :]


def inside(folder: Path, name: str) -> Path:
    """A path below a folder; a name that would leave it is refused."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise DataTransferError(f"{name} would be written outside its folder; rename it.")
    return path
