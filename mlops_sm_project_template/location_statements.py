"""What `DATA_LOCATIONS` allows, in IAM's words."""

from collections.abc import Iterator, Sequence

from aws_cdk import Fn
from aws_cdk.region_info import RegionInfo

from mlops_sm_project_template.config import arns
from mlops_sm_project_template.config.data_locations import DataLocation
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import (
    THROUGH_S3,
    Conditions,
    Statement,
    allow,
)

_LONGEST_CHOICE, _SHARED_BY_CHOICES = 1000, 3000


def read_locations(locations: Sequence[DataLocation]) -> list[Statement]:
    """Allow to list and read what lies in the locations, and to decrypt it with their keys.

    Who owns a bucket is a condition: somebody else may take a name that became free.
    """
    return [*_read_objects(locations), *_list(locations), *_decrypt(locations)]


def read_chosen(chosen: str, settings: Settings) -> list[Statement]:
    """The same for folders in the locations, which only CloudFormation knows.

    Args:
        chosen: the folders' addresses with commas between, at least one.
        settings: the locations, and where they are.
    """
    everything_below = f"{_replaced(chosen, ',', '*,')}*"
    partition = RegionInfo.get(settings.aws_region).partition
    objects = Fn.split(",", _replaced(everything_below, "s3://", f"arn:{partition}:s3:::"))
    return [
        allow(["s3:GetObject"], objects),
        *(
            # A folder of another bucket keeps its whole address here, as which no key begins.
            _list_below(bucket, Fn.split(",", _replaced(everything_below, f"s3://{bucket}/", "")))
            for bucket in _buckets(settings.data_locations)
        ),
        *_decrypt(settings.data_locations),
    ]


def longest_choice(locations: Sequence[DataLocation]) -> int:
    """How many characters a project's choice may have, to fit into the policies of a role.

    Those have 10,240 in all; of them the objects take the list once, and each bucket once more.
    """
    return min(_LONGEST_CHOICE, _SHARED_BY_CHOICES // (1 + len(_buckets(locations))))


def _buckets(locations: Sequence[DataLocation]) -> list[str]:
    return list(dict.fromkeys(location.bucket for location in locations))


def _replaced(text: str, old: str, new: str) -> str:
    """A text of CloudFormation's in which one part is replaced wherever it stands."""
    return Fn.join(new, Fn.split(old, text))


def _read_objects(locations: Sequence[DataLocation]) -> Iterator[Statement]:
    for account in dict.fromkeys(location.account for location in locations):
        objects = [
            arns.s3(f"{location.bucket}/{location.folder}*")
            for location in locations
            if location.account == account
        ]
        yield allow(["s3:GetObject"], objects, conditions=_owned_by(account))


def _list(locations: Sequence[DataLocation]) -> Iterator[Statement]:
    for bucket, account in dict.fromkeys((one.bucket, one.account) for one in locations):
        folders = [
            one.folder for one in locations if (one.bucket, one.account) == (bucket, account)
        ]
        owned = _owned_by(account)
        if "" in folders:  # a list of the whole bucket may name no prefix at all
            yield allow(["s3:ListBucket"], [arns.s3(bucket)], conditions=owned)
        else:
            yield _list_below(bucket, [f"{folder}*" for folder in folders], owned)


def _list_below(
    bucket: str, prefixes: Sequence[str], conditions: Conditions | None = None
) -> Statement:
    below = {"StringLike": {"s3:prefix": list(prefixes)}}
    return allow(["s3:ListBucket"], [arns.s3(bucket)], conditions={**(conditions or {}), **below})


def _decrypt(locations: Sequence[DataLocation]) -> Iterator[Statement]:
    keys = dict.fromkeys(location.key for location in locations if location.key)
    if keys:
        named = [arns.regional("kms", f"key/{key.id}", account=key.account) for key in keys]
        yield allow(["kms:Decrypt"], named, conditions=THROUGH_S3)


def _owned_by(account: str) -> Conditions:
    return {"StringEquals": {"aws:ResourceAccount": account}}
