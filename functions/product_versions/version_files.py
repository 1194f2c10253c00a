"""The bucket that keeps what versions name, for as long as there is a product.

It is made here and not by the registration stack: it outlives the stack while a project uses a
version, and the next registration takes it up again.
"""

import hashlib
import json
from typing import Any

from invocation.aws_errors import AWS_ERRORS, error_code, is_of_key, is_passing
from invocation.deadline import Deadline
from product_versions.errors import BucketTakenError, RefusedError, SourceError, remedy
from product_versions.request import SourceFile
from project_data.bucket import remove_bucket

_TEMPLATE_ENDING = ".json"


class VersionFiles:
    """One bucket of this account."""

    def __init__(self, s3: Any, bucket: str, *, function_arn: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        _, self._partition, _, self._region, self._account, *_ = function_arn.split(":")

    def keep(self, *files: SourceFile) -> None:
        """Copy files that are not here yet; what is here never changes.

        Raises:
            SourceError: a file is missing or not what its name says.
            BucketTakenError: another account has the bucket.
            RefusedError: S3 refuses.
        """
        try:
            self._be_present()
            for file in files:
                if not self._holds(file.key):
                    self._s3.put_object(
                        Bucket=self._bucket,
                        Key=file.key,
                        Body=self._read(file),
                        ExpectedBucketOwner=self._account,
                    )
        except AWS_ERRORS as error:
            raise RefusedError(f"keep the version's files in {self._bucket}", error) from None

    def remove(self, deadline: Deadline) -> None:
        """Remove everything, and the bucket."""
        remove_bucket(self._s3, self._bucket, deadline)

    def _be_present(self) -> None:
        """Make the bucket, or what an earlier attempt left unmade of it."""
        place = {}
        if self._region != "us-east-1":  # which takes no constraint
            place = {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        try:
            self._s3.create_bucket(Bucket=self._bucket, **place)
        except AWS_ERRORS as error:
            if error_code(error) == "BucketAlreadyExists":
                raise BucketTakenError(self._bucket) from None
            if error_code(error) != "BucketAlreadyOwnedByYou":
                raise
        mine = {"Bucket": self._bucket, "ExpectedBucketOwner": self._account}
        self._s3.put_public_access_block(
            **mine,
            PublicAccessBlockConfiguration=dict.fromkeys(
                (
                    "BlockPublicAcls",
                    "IgnorePublicAcls",
                    "BlockPublicPolicy",
                    "RestrictPublicBuckets",
                ),
                True,
            ),
        )
        self._s3.put_bucket_versioning(**mine, VersioningConfiguration={"Status": "Enabled"})
        self._s3.put_bucket_policy(**mine, Policy=json.dumps(self._policy()))

    def _policy(self) -> dict[str, Any]:
        arn = f"arn:{self._partition}:s3:::{self._bucket}"
        refusal = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return {"Version": "2012-10-17", "Statement": [refusal]}

    def _holds(self, key: str) -> bool:
        listed = self._s3.list_objects_v2(
            Bucket=self._bucket, Prefix=key, ExpectedBucketOwner=self._account
        )
        return any(one["Key"] == key for one in listed.get("Contents", []))

    def _read(self, file: SourceFile) -> bytes:
        name = f"s3://{file.bucket}/{file.key}"
        try:
            content = bytes(self._s3.get_object(Bucket=file.bucket, Key=file.key)["Body"].read())
        except AWS_ERRORS as error:
            why = f"cannot be read (S3 answered {error_code(error)})"
            if is_passing(error) or is_of_key(error):
                raise SourceError(name, why, remedy(error)) from None
            raise SourceError(name, why) from None
        # The name of a bundle is the digest of its files, not of the zip.
        is_template = file.key.endswith(_TEMPLATE_ENDING)
        if is_template and hashlib.sha256(content).hexdigest() != file.digest:
            raise SourceError(name, "is not what its name says")
        return content
