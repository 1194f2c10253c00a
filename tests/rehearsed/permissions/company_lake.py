"""Buckets outside the project, of whose folders a registration allows some to projects."""

import json
from typing import Any

from rehearsal.conductor.acts.set_up import DATA_BUCKET, DATA_KEY
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION, STAGE_ACCOUNTS
from rehearsal.conductor.world import World

LAKE = "company-lake"
ALLOWED = f"s3://{LAKE}/rings/"
CHOSEN = f"{ALLOWED}2026/"
DATA = f"{CHOSEN}rings.csv"
NOT_CHOSEN = f"{ALLOWED}2025/rings.csv"
NOT_ALLOWED = f"s3://{LAKE}/salaries/rings.csv"
PARTNER = "s3://partner-lake/open/"
# Its name became free, and another account took it.
TAKEN_OVER = "s3://taken-over-lake/open/"
_PARTNER_ACCOUNT = STAGE_ACCOUNTS[0]


def make_lakes(world: World) -> str:
    """Make the buckets, one with a key of its own, and say what projects may read."""
    own, partner = world.administrator.client, world.root_of(_PARTNER_ACCOUNT).client
    key = own("kms").create_key()["KeyMetadata"]["Arn"]
    data = own("s3").get_object(Bucket=DATA_BUCKET, Key=DATA_KEY)["Body"].read()
    sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    _fill(own("s3"), LAKE, [DATA, NOT_CHOSEN, NOT_ALLOWED], data, **sealed)
    for folder in (PARTNER, TAKEN_OVER):
        bucket = folder.split("/")[2]
        _fill(partner("s3"), bucket, [f"{folder}rings.csv"], data)
        partner("s3").put_bucket_policy(Bucket=bucket, Policy=_let_readers_in(bucket))
    return f"{ALLOWED} {key}, {PARTNER} {_PARTNER_ACCOUNT}, {TAKEN_OVER}"


def _fill(s3: Any, bucket: str, addresses: list[str], data: bytes, **how: str) -> None:
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    for address in addresses:
        s3.put_object(Bucket=bucket, Key=address.removeprefix(f"s3://{bucket}/"), Body=data, **how)


def _let_readers_in(bucket: str) -> str:
    """What the settings page asks of the policy of a bucket in another account."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {
            "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/mlops-*-reader"}
        },
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
