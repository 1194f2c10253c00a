"""The pack in which objects travel: version 2, every object whole.

Source: https://git-scm.com/docs/pack-format
"""

import hashlib
import zlib
from collections.abc import Iterable

from git_client.objects import GitObject

_TYPE_NUMBERS = {"commit": 1, "tree": 2, "blob": 3}
_VERSION = 2


def encode_pack(objects: Iterable[GitObject]) -> bytes:
    """Return a pack that holds each object once; the same objects give the same bytes."""
    unique = {item.id: item for item in objects}
    pieces = [b"PACK", _VERSION.to_bytes(4, "big"), len(unique).to_bytes(4, "big")]
    for item in unique.values():
        pieces += [_header(_TYPE_NUMBERS[item.kind], len(item.data)), zlib.compress(item.data)]
    body = b"".join(pieces)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def _header(type_number: int, size: int) -> bytes:
    """Return the type and the size: four bits of it first, then seven at a time, lowest first."""
    byte, size = type_number << 4 | size & 0x0F, size >> 4
    encoded = bytearray()
    while size:
        encoded.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    encoded.append(byte)
    return bytes(encoded)
