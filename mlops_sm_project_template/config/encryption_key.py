"""The KMS key of new projects, as the setting `KMS_KEY` names it.

`shared` has the registration make one key for all of them; the ARN of a key is the company's own.
Without the setting each project makes a key for itself.
"""

import re

from mlops_sm_project_template.config.partitions import check_partition, partition_of
from mlops_sm_project_template.config.refused_values import RefusedValueError

SHARED = "shared"
# What a project's parameter chooses besides `shared`.
OWN = "own"
_KEY = re.compile(
    r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):"
    r"(?P<kind>key|alias)/[a-zA-Z0-9/_-]{1,256}"
)


class EncryptionKeyError(RefusedValueError):
    """The setting names no key that projects can have; the message says why."""


def parse_key(text: str, *, account: str, region: str) -> str:
    """Read the setting.

    Args:
        text: what the setting says.
        account: of the registration. People in Studio and the disks of endpoints need a key of it.
        region: of the registration, where the key must be.

    Returns:
        `shared`, or the ARN of a key.

    Raises:
        EncryptionKeyError: it is neither.
    """
    key = text.strip()
    if key == SHARED:
        return key
    found = _KEY.fullmatch(key)
    if found is None:
        raise EncryptionKeyError(
            f"{key!r} is neither {SHARED} nor the ARN of a key, such as "
            f"arn:{partition_of(region)}:kms:{region}:{account}:key/ID"
        )
    if found["kind"] == "alias":
        raise EncryptionKeyError(
            f"{key} is an alias, whose key may change; name the key itself, as `aws kms "
            "describe-key` tells its ARN"
        )
    check_partition(key, region, EncryptionKeyError)
    if found["region"] != region:
        raise EncryptionKeyError(
            f"{key} is a key of {found['region']}, but projects are in {region}; name a key there"
        )
    if found["account"] != account:
        raise EncryptionKeyError(
            f"{key} is a key of account {found['account']}, but people in Studio and the disks of "
            f"endpoints need one of {account}; name a key of that account"
        )
    return key
