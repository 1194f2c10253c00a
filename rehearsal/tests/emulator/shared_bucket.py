"""A bucket of one account, with a policy that lets others in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal.tests.emulator.local_aws import REGION, LocalAws, policy


@dataclass(frozen=True)
class SharedBucket:
    """A bucket with an object `there`, which holds `content`."""

    owner: LocalAws
    name: str

    @classmethod
    def make(cls, owner: LocalAws, name: str) -> SharedBucket:
        s3 = owner.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=name, Key="there", Body=b"content")
        return cls(owner, name)

    @property
    def objects(self) -> str:
        """ARN of all its objects."""
        return f"arn:aws:s3:::{self.name}/*"

    def share(self, *statements: dict[str, Any]) -> None:
        """Let in whom the statements name, and nobody else."""
        self.owner.client("s3").put_bucket_policy(Bucket=self.name, Policy=policy(*statements))

    def close(self) -> None:
        """Let nobody in."""
        self.owner.client("s3").delete_bucket_policy(Bucket=self.name)
