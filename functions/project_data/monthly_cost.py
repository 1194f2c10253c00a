"""What data that stays costs in a month, in US dollars.

List prices of us-east-1, storage class S3 Standard, first 50 TB, without requests; most other
regions are up to a third dearer. Read in March 2026; correct both when they change.
Sources: https://aws.amazon.com/s3/pricing/ and https://aws.amazon.com/kms/pricing/
"""

from dataclasses import dataclass

STORAGE_DOLLARS_PER_GB = 0.023
# Each of the first two yearly rotations adds as much again.
KEY_DOLLARS = 1.00
_GB = 1024**3
_UNITS = (("GB", _GB), ("MB", 1024**2), ("KB", 1024))


@dataclass(frozen=True)
class StoredData:
    """What a bucket holds, every version counted.

    Attributes:
        versions: of all objects; delete markers are none.
        size_bytes: of all these versions.
        complete: false if the time did not suffice to look at all.
    """

    versions: int
    size_bytes: int
    complete: bool = True

    def in_words(self) -> str:
        """Say the size and its cost, as `1.5 GB, 0.03 US dollars a month`."""
        least = "" if self.complete else "at least "
        cost = self.size_bytes / _GB * STORAGE_DOLLARS_PER_GB
        return f"{least}{_size_in_words(self.size_bytes)}, {least}{dollars_a_month(cost)}"


def dollars_a_month(dollars: float) -> str:
    """Say a sum; what rounds to nothing is still something."""
    amount = f"{dollars:.2f}" if dollars >= 0.01 else "under 0.01"
    return f"{amount} US dollars a month"


def _size_in_words(size_bytes: int) -> str:
    for unit, factor in _UNITS:
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit}"
    return f"{size_bytes} bytes"
