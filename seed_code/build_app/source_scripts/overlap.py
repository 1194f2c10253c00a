"""What a version learnt from, as a digest a record, to tell which test records it has seen.

The file lies beside the model's archive, in whose layout it is not. Of more than 2^20 records the
smallest digests stand for all: which those are is as good as chance, and the file is at most 8 MiB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIGESTS = "training-records.bin"
MOST_DIGESTS = 2**20
_DIGEST = np.dtype("<u8")
_LARGEST = 2**64 - 1


def record_digest(features: Sequence[str], label: str) -> int:
    """The digest of a record as it was written."""
    text = "\0".join([*features, label])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=_DIGEST.itemsize).digest())


def write_digests(path: Path, digests: Iterable[int]) -> None:
    """Write the smallest ones, each once, in order."""
    known = np.unique(np.fromiter(digests, dtype=_DIGEST))
    known[:MOST_DIGESTS].tofile(path)


def overlap(path: Path, tested: Iterable[int]) -> float | None:
    """Return the share of tested records that the file's version learnt from; None if unknown."""
    known = _read_digests(path)
    if known is None:
        return None
    limit = known.max() if known.size == MOST_DIGESTS else _LARGEST
    judged = np.fromiter(tested, dtype=_DIGEST)
    judged = judged[judged <= limit]
    return float(np.isin(judged, known).mean()) if judged.size else None


def _read_digests(path: Path) -> NDArray[np.uint64] | None:
    """Read what `write_digests` wrote; None if it is anything else."""
    largest = MOST_DIGESTS * _DIGEST.itemsize
    if not path.is_file() or not 0 < path.stat().st_size <= largest:
        return None
    content = path.read_bytes()
    if len(content) % _DIGEST.itemsize:
        return None
    return np.frombuffer(content, dtype=_DIGEST)
