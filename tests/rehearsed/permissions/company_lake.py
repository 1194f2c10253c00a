"""A bucket of the company's, of whose folders a registration allows one to projects."""

from rehearsal.conductor.acts.set_up import DATA_BUCKET, DATA_KEY
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.conductor.world import World

LAKE = "company-lake"
ALLOWED = f"s3://{LAKE}/rings/"
CHOSEN = f"{ALLOWED}2026/"
DATA = f"{CHOSEN}rings.csv"
NOT_CHOSEN = f"{ALLOWED}2025/rings.csv"
NOT_ALLOWED = f"s3://{LAKE}/salaries/rings.csv"


def make_lake(world: World) -> str:
    """Make the bucket with a key of its own, and say what projects may read."""
    client = world.administrator.client
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    s3 = client("s3")
    s3.create_bucket(Bucket=LAKE, CreateBucketConfiguration={"LocationConstraint": REGION})
    for address in (DATA, NOT_CHOSEN, NOT_ALLOWED):
        s3.copy_object(
            Bucket=LAKE,
            Key=address.removeprefix(f"s3://{LAKE}/"),
            CopySource={"Bucket": DATA_BUCKET, "Key": DATA_KEY},
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=key,
        )
    return f"{ALLOWED} {key} {ACCOUNT}"
