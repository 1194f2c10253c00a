"""Moves data between S3 and job folders with a role's credentials, so that IAM has its say."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.aws.sagemaker.access import Access, Credentials

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


@dataclass(frozen=True)
class Location:
    """An `s3://bucket/key` address."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str) -> Location:
        """Split an S3 address.

        Raises:
            DataTransferError: the address is not an S3 one.
        """
        scheme, _, rest = uri.partition("://")
        bucket, _, key = rest.partition("/")
        if scheme != "s3" or not bucket:
            raise DataTransferError(f"{uri} is not an S3 address; give s3://bucket/key.")
        return cls(bucket, key)


class ObjectStore:
    """S3 as one role sees it."""

    def __init__(self, client: BaseClient) -> None:
        self._client: Any = client

    def download(self, uri: str, folder: Path) -> int:
        """Fetch what `S3DataType` `S3Prefix` names into a folder; how many objects came.

        Those are all objects whose key begins with the text, a folder's as well as a neighbour's.
        Source: API reference, ProcessingS3Input and S3DataSource.
        """
        place = Location.parse(uri)
        with _Explained("download data", uri):
            keys = [key for key in self._keys(place) if not key.endswith("/")]
            for key in keys:
                self._fetch(place.bucket, key, inside(folder, local_name(key, place.key)))
        if not keys:
            raise DataTransferError(
                f"No S3 objects found under S3 URL '{uri}' given in input data source. Please "
                "ensure that the bucket exists in the selected region, that objects exist under "
                "that S3 prefix, and that the role has permission to read them."
            )
        return len(keys)

    def download_file(self, uri: str, path: Path) -> None:
        """Fetch one object into a file."""
        place = Location.parse(uri)
        with _Explained("download data", uri):
            self._fetch(place.bucket, place.key, path)

    def upload_folder(self, folder: Path, uri: str, kms_key: str | None = None) -> None:
        """Put every file of a folder under a prefix; links are not followed."""
        base = uri.rstrip("/")
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                self.upload_file(path, f"{base}/{path.relative_to(folder).as_posix()}", kms_key)

    def upload_file(self, path: Path, uri: str, kms_key: str | None = None) -> None:
        """Put one file."""
        place = Location.parse(uri)
        sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
        with _Explained("upload data", uri):
            self._client.upload_file(
                str(path), place.bucket, place.key, ExtraArgs=sealed, Config=_TRANSFER
            )

    def read(self, uri: str) -> bytes:
        """The contents of one object."""
        place = Location.parse(uri)
        with _Explained("read", uri):
            answer = self._client.get_object(Bucket=place.bucket, Key=place.key)
            body: bytes = answer["Body"].read()
        return body

    def check_exists(self, uri: str) -> None:
        """Raise DataTransferError unless the object is there and may be read."""
        place = Location.parse(uri)
        with _Explained("find", uri):
            self._client.head_object(Bucket=place.bucket, Key=place.key)

    def _keys(self, place: Location) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=place.bucket, Prefix=place.key)
        return [entry["Key"] for page in found for entry in page.get("Contents", [])]

    def _fetch(self, bucket: str, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._client.download_file(bucket, key, str(path), Config=_TRANSFER)


class ObjectStores:
    """One S3 client per set of credentials, kept for as long as the server runs."""

    def __init__(self, endpoint_url: str, region: str, access: Access) -> None:
        self._endpoint_url = endpoint_url
        self._region = region
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
        self._session = self._session or boto3.Session(region_name=self._region)
        return self._session.client(
            "s3",
            endpoint_url=self._endpoint_url,
            config=_CONFIG,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token or None,
        )


class _Explained:
    """Turns an SDK error into one sentence that names the address."""

    def __init__(self, verb: str, uri: str) -> None:
        self._verb = verb
        self._uri = uri

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, S3UploadFailedError):
            error = error.__context__  # what S3 answered
        if isinstance(error, ClientError):
            answer = error.response.get("Error", {})
            reason = f"{answer.get('Code')}: {answer.get('Message')}"
        elif isinstance(error, BotoCoreError):
            reason = str(error)
        else:
            return
        raise DataTransferError(f"Failed to {self._verb} ({self._uri}). {reason}") from error


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
