"""Places in S3 that projects may read, as the setting `DATA_LOCATIONS` names them.

With commas between them, each is `s3://bucket/folder/` and, after spaces, what applies of: the
number of the account that owns the bucket, if that is another one, and the ARN of the KMS key that
encrypts the objects. What an IAM policy would read otherwise than it is written is refused.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.refused_values import RefusedValueError, split_items

_BUCKET = r"(?![^/]*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
# Neither a wildcard nor a variable of IAM, and nothing that a client writes in two ways.
FOLDER = r"(?!\.+/)[A-Za-z0-9_.=+@-]+/"
_ADDRESS = re.compile(rf"s3://({_BUCKET})/((?:{FOLDER})*)")
_ACCOUNT = re.compile(r"[0-9]{12}")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:([a-z0-9-]+):([0-9]{12}):key/([a-z0-9-]+)")


class DataLocationError(RefusedValueError):
    """A location is malformed; the message names it and the remedy."""


@dataclass(frozen=True)
class Key:
    """A KMS key of the region of the registration."""

    account: str
    id: str


@dataclass(frozen=True)
class DataLocation:
    """A folder of a bucket with all that is below it.

    Attributes:
        folder: ends in a slash; empty for the whole bucket.
        account: that owns the bucket.
        key: with which the objects are encrypted, if it is a customer's.
    """

    bucket: str
    folder: str
    account: str
    key: Key | None = None

    @property
    def address(self) -> str:
        """Return the address as it was given."""
        return f"s3://{self.bucket}/{self.folder}"


def parse_locations(text: str, *, account: str, region: str) -> tuple[DataLocation, ...]:
    """Read the setting; a location that stands there twice counts once.

    Args:
        text: what the setting says.
        account: of the registration, which owns the buckets unless another is named.
        region: of the registration, where the keys must be.

    Raises:
        DataLocationError: it is not what the module says; correct the location that is named.
    """
    items = (item.split() for item in split_items(text))
    return tuple(dict.fromkeys(_parse(words, account, region) for words in items))


def _parse(words: list[str], account: str, region: str) -> DataLocation:
    address, *more = words
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise DataLocationError(
            f"{address!r} is not s3://bucket/folder/ with a slash at its end, in letters, digits "
            "and _ . = + @ -"
        )
    if found[1].startswith(names.BUCKET_PREFIX):
        raise DataLocationError(f"{address} is a bucket of this template's own")
    owners = [word for word in more if _ACCOUNT.fullmatch(word)]
    others = [word for word in more if word not in owners]
    if len(owners) > 1 or len(others) > 1:
        raise DataLocationError(f"{address} has more than one account or one key")
    key = _parse_key(address, others[0], region) if others else None
    return DataLocation(found[1], found[2], owners[0] if owners else account, key)


def _parse_key(address: str, arn: str, region: str) -> Key:
    found = _KEY.fullmatch(arn)
    if found is None:
        raise DataLocationError(
            f"{arn!r}, after {address}, is neither an account of 12 digits nor the ARN of a KMS "
            "key (of the key itself, not of an alias)"
        )
    if found[1] != region:
        raise DataLocationError(
            f"the key of {address} is in {found[1]}, but jobs read data in {region} alone"
        )
    return Key(found[2], found[3])


def pattern_of_folders(locations: Iterable[DataLocation]) -> str:
    """Pattern of a list of folders, each of which is one of the locations or below one.

    The list may be empty, and has commas between its items and nowhere else. A folder matches in
    one way only, so that no text takes long.
    """
    addresses = {location.address for location in locations}
    outermost = sorted(
        address
        for address in addresses
        if not any(address.startswith(other) for other in addresses - {address})
    )
    inside = "|".join(re.escape(address) for address in outermost)
    return rf"^((?:{inside})(?:{FOLDER})*(?:,(?!$)|$))*$"
