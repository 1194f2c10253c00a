"""A resource's tags are those that MiniStack finds on its way through all of the service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict, request_scope
from ministack.services import iam, kms, secretsmanager, ssm, tagging

from rehearsal.aws.emulator.iam.resource_tags import resource_tags

ACCOUNT, OTHER, REGION = "111122223333", "222233334444", "eu-west-1"
TAGS = [{"Key": "team", "Value": "blue"}, {"Key": "cost", "Value": "7"}]
MINE, THEIRS = f"{REGION}:{ACCOUNT}", f"{REGION}:{OTHER}"
KNOWN = (
    f"arn:aws:iam::{ACCOUNT}:role/service/reader",
    f"arn:aws:iam::{ACCOUNT}:user/ann",
    f"arn:aws:kms:{MINE}:key/1234",
    f"arn:aws:secretsmanager:{MINE}:secret:a/b-AbCdEf",
    f"arn:aws:ssm:{MINE}:parameter/a",
)
UNKNOWN = (
    f"arn:aws:iam::{ACCOUNT}:role/reader",
    f"arn:aws:iam::{ACCOUNT}:user/reader",
    f"arn:aws:iam::{ACCOUNT}:group/ann",
    f"arn:aws:iam::{OTHER}:role/service/reader",
    f"arn:aws:kms:{THEIRS}:key/1234",
    f"arn:aws:kms:{MINE}:alias/1234",
    f"arn:aws:secretsmanager:{MINE}:secret:a/b-XxXxXx",
    f"arn:aws:secretsmanager:{MINE}:secret:a/b",
    f"arn:aws:ssm:{MINE}:parameter/b",
    f"arn:aws:sqs:{MINE}:none",
    "no-arn",
    "*",
)


def table(kind: Any, **entries: Any) -> Any:
    made = kind()
    for key, entry in entries.items():
        made[key] = entry
    return made


@pytest.fixture(params=[TAGS, []])
def filled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An account with one resource of each service, with and without tags."""
    tags = request.param
    role = {"Arn": f"arn:aws:iam::{ACCOUNT}:role/service/reader", "Tags": tags}
    user = {"Arn": f"arn:aws:iam::{ACCOUNT}:user/ann", "Tags": tags}
    key = {"Tags": [{"TagKey": t["Key"], "TagValue": t["Value"]} for t in tags]}
    secret = {"ARN": f"arn:aws:secretsmanager:{MINE}:secret:a/b-AbCdEf", "Tags": tags}
    flat = {f"arn:aws:ssm:{MINE}:parameter/a": {t["Key"]: t["Value"] for t in tags}}
    with request_scope(ACCOUNT, REGION):
        monkeypatch.setattr(iam, "_roles", table(AccountScopedDict, reader=role))
        monkeypatch.setattr(iam, "_users", table(AccountScopedDict, ann=user))
        monkeypatch.setattr(kms, "_keys", table(AccountRegionScopedDict, **{"1234": key}))
        secrets = table(AccountRegionScopedDict, **{"a/b": secret})
        monkeypatch.setattr(secretsmanager, "_secrets", secrets)
        monkeypatch.setattr(ssm, "_tags", table(AccountRegionScopedDict, **flat))
        yield


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("arn", KNOWN + UNKNOWN)
def test_found_by_its_key_or_on_a_way_through(arn: str) -> None:
    assert resource_tags(arn) == tagging.resource_tags(arn)
    assert (resource_tags(arn) is None) == (arn in UNKNOWN)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("arn", KNOWN)
def test_nothing_is_gone_through(arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (AccountScopedDict, AccountRegionScopedDict):
        for way in ("items", "values", "keys", "__iter__"):
            monkeypatch.delattr(kind, way)
    assert resource_tags(arn) is not None
