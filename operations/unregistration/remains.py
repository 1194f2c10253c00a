"""What is left in the account after the way back, why, and what it costs a month."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from operations.aws_session import describe
from operations.credential.vault import Vault
from operations.prices import load_prices
from operations.unregistration.catalog import find_products
from operations.unregistration.provider import find_providers, roles_that_trust
from operations.unregistration.setting import BUCKET_PREFIX, SHARED_KEY_TAG, TABLE, Setting
from operations.unregistration.table_steps import find_table

_GB, _CENT = 1e9, 0.01
# Of a bucket with more objects than these pages hold the size is a lower bound.
_MOST_PAGES = 50
_PROJECT_NAME = re.compile(r".+-p-[a-z0-9]{12}")
_SAGEMAKER_LOGS = "/aws/sagemaker/"


@dataclass(frozen=True)
class Remain:
    """One thing that is left.

    Args:
        kind: such as bucket.
        name: of it.
        why: it stays.
        monthly_usd: in US dollars, at its present size; None if that cannot be read.
    """

    kind: str
    name: str
    why: str
    monthly_usd: float | None = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON."""
        return asdict(self)

    def in_words(self) -> str:
        """The same on one line."""
        return f"{self.kind} {self.name}: {self.why}, {_cost(self.monthly_usd)}"


def _cost(monthly_usd: float | None) -> str:
    if monthly_usd is None:
        return "cost unknown"
    if not monthly_usd:
        return "free"
    return "under $0.01 a month" if monthly_usd < _CENT else f"${monthly_usd:.2f} a month"


def list_remains(setting: Setting) -> list[Remain]:
    """Look at all that a registration and its projects can have left.

    What may not be read is said instead of it: the work is done by now.
    """
    looks: dict[str, Callable[[Setting], Iterator[Remain]]] = {
        "table": _table,
        "product": _products,
        "bucket": _buckets,
        "key": _keys,
        "model package group": _model_groups,
        "log group": _log_groups,
        "identity provider": _providers,
        "credential": _credentials,
    }
    return [remain for kind, look in looks.items() for remain in _seen(kind, look, setting)]


def _seen(
    kind: str, look: Callable[[Setting], Iterator[Remain]], setting: Setting
) -> Iterator[Remain]:
    try:
        yield from list(look(setting))
    except ClientError as error:
        yield Remain(kind, "(any)", f"could not be looked for ({describe(error)})", None)


def _table(setting: Setting) -> Iterator[Remain]:
    table = find_table(setting.client("dynamodb"))
    if table is not None:
        size = max(table.get("TableSizeBytes", 0), 1)  # counted every six hours
        price = load_prices().table_gb_month.usd
        why = "what was approved and deployed, which the next registration takes up"
        yield Remain("table", TABLE, why, size / _GB * price)


def _products(setting: Setting) -> Iterator[Remain]:
    for name in find_products(setting.client("servicecatalog")).values():
        yield Remain("product", name, "an earlier removal left it; register and unregister again")


def _buckets(setting: Setting) -> Iterator[Remain]:
    s3, identity = setting.client("s3"), setting.identity
    place = f"-{identity.account}-{identity.region}"
    ours = _project_buckets(setting)
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        if name == setting.version_bucket:
            why = "files of the product's versions"
        elif name.startswith("cdk-") and name.endswith(f"-assets{place}"):
            why = "the CDK's bootstrap, which other stacks of the account may use"
        elif name in ours:
            why = "data and models of a deleted project, kept as its DataOnDelete asked"
        else:
            continue
        size, whole = _size(s3, name)
        text = f"{why}, {'' if whole else 'at least '}{size / 1e6:.1f} MB"
        yield Remain("bucket", name, text, size / _GB * load_prices().s3_gb_month.usd)


def _project_buckets(setting: Setting) -> list[str]:
    """Buckets of the region's projects, all of which are deleted by now."""
    s3, region = setting.client("s3"), setting.identity.region
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    named = [name for name in names if name.startswith(f"{BUCKET_PREFIX}p-")]
    return [name for name in named if _is_here(s3, name, region)]


def _is_here(s3: Any, name: str, region: str) -> bool:
    told = s3.get_bucket_location(Bucket=name).get("LocationConstraint")
    return bool({None: "us-east-1", "EU": "eu-west-1"}.get(told, told) == region)


def _size(s3: Any, name: str) -> tuple[int, bool]:
    """Bytes of all versions, and whether all were looked at."""
    pages = iter(s3.get_paginator("list_object_versions").paginate(Bucket=name))
    size = sum(
        version["Size"]
        for page in islice(pages, _MOST_PAGES)
        for version in page.get("Versions", [])
    )
    return size, next(pages, None) is None


def _keys(setting: Setting) -> Iterator[Remain]:
    """Keys of the projects' buckets: nothing else names a key whose project is gone.

    The one that projects shared has a tag, and costs the same without any bucket.
    """
    s3, kms = setting.client("s3"), setting.client("kms")
    shared = _shared_keys(setting)
    buckets: dict[str, list[str]] = {key: [] for key in shared}
    for name in _project_buckets(setting):
        key_id = _key_of(s3, name)
        if key_id is not None:
            buckets.setdefault(key_id, []).append(name)
    for key_id, names in buckets.items():
        key = kms.describe_key(KeyId=key_id)["KeyMetadata"]
        if key["KeyManager"] == "CUSTOMER" and key["KeyState"] != "PendingDeletion":
            why = f"without it nobody reads what is in {', '.join(names)}"
            if key_id in shared:
                why = "projects shared it" if not names else f"{why}, which shared it"
                why += f"; register again with KMS_KEY={key_id}"
            yield Remain("key", key["KeyId"], why, load_prices().kms_key_month.usd)


def _shared_keys(setting: Setting) -> list[str]:
    key, value = SHARED_KEY_TAG
    pages = setting.client("resourcegroupstaggingapi").get_paginator("get_resources")
    found = pages.paginate(
        TagFilters=[{"Key": key, "Values": [value]}], ResourceTypeFilters=["kms:key"]
    )
    return [one["ResourceARN"] for page in found for one in page["ResourceTagMappingList"]]


def _key_of(s3: Any, bucket: str) -> str | None:
    """Key that encrypts what is put into a bucket; None if S3's own does."""
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    found = (one["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID") for one in rules)
    return next((str(key_id) for key_id in found if key_id), None)


def _model_groups(setting: Setting) -> Iterator[Remain]:
    sagemaker = setting.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_package_groups").paginate(NameContains="-p-")
    for page in pages:
        for group in page["ModelPackageGroupSummaryList"]:
            name = group["ModelPackageGroupName"]
            if _PROJECT_NAME.fullmatch(name):
                why = "models of a deleted project, kept as its DataOnDelete asked"
                yield Remain("model package group", name, why)


def _log_groups(setting: Setting) -> Iterator[Remain]:
    pages = setting.client("logs").get_paginator("describe_log_groups")
    for page in pages.paginate(logGroupNamePrefix=_SAGEMAKER_LOGS):
        for group in page["logGroups"]:
            size = group.get("storedBytes", 0)
            price = load_prices().log_gb_month.usd
            why = "SageMaker writes it outside every stack"
            yield Remain("log group", group["logGroupName"], why, size / _GB * price)


def _providers(setting: Setting) -> Iterator[Remain]:
    iam = setting.client("iam")
    for arn in find_providers(iam):
        users = ", ".join(roles_that_trust(iam, arn))
        why = f"trusted by {users}" if users else "it was there before, and no role trusts it now"
        yield Remain("identity provider", arn, why)


def _credentials(setting: Setting) -> Iterator[Remain]:
    vault = Vault(setting.client("secretsmanager"), setting.client("ssm"))
    for owner in vault.owners():
        why = f"a GitHub token that was stored for it; `credential remove {owner}` deletes it"
        yield Remain("credential", owner, why, load_prices().secret_month.usd)
