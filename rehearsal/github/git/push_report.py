"""The answer to a push, in which GitHub gives its own reason beside each refused reference.

Git says only ``pre-receive hook declined`` there. Format: pkt-lines, within ``side-band-64k`` if
the client asked for it (https://git-scm.com/docs/pack-protocol#_report_status).
"""

from collections.abc import Iterator

_DECLINED = b" pre-receive hook declined"
_DATA_BAND, _ERROR_BAND = b"\x01", b"\x02"
_LARGEST = 65515
FLUSH = b"0000"
REFUSAL = b"refusing to allow"
# GitHub's number of a refusal, which it says to a person -> its reason beside the reference.
_RULES = {
    b"GH006": b"protected branch hook declined",
    b"GH013": b"push declined due to repository rule violations",
}


def packet(data: bytes) -> bytes:
    """One pkt-line."""
    return f"{len(data) + 4:04x}".encode() + data


def with_reason(report: bytes, errors: bytes) -> bytes:
    """A report that gives the hook's reason for whatever the hook declined.

    The hook's own words are in the report's error band if it has bands, else in ``errors``.
    """
    packets = list(_packets(report))
    words = errors + b"".join(line[1:] for line in packets if line[:1] == _ERROR_BAND)
    reason = _reason(words)
    if not reason:
        return report
    if not any(line[:1] == _DATA_BAND for line in packets):
        return _joined(line.replace(_DECLINED, b" " + reason) for line in packets)
    inner = b"".join(line[1:] for line in packets if line[:1] == _DATA_BAND)
    told = _joined(line.replace(_DECLINED, b" " + reason) for line in _packets(inner))
    data = [_DATA_BAND + told[at : at + _LARGEST] for at in range(0, len(told), _LARGEST)]
    spoken = [
        line for line in packets if line[:1] == _ERROR_BAND and not line[1:].startswith(REFUSAL)
    ]
    return _joined([*spoken, *data, b""])


def _reason(words: bytes) -> bytes:
    by_rule = [reason for number, reason in _RULES.items() if number in words]
    said = [line for line in words.splitlines() if line.startswith(REFUSAL)]
    return next(iter(said + by_rule), b"")


def _packets(stream: bytes) -> Iterator[bytes]:
    """Contents of pkt-lines; empty for a flush."""
    position = 0
    while position < len(stream):
        size = int(stream[position : position + 4], 16)
        yield stream[position + 4 : position + size] if size else b""
        position += size or 4


def _joined(packets: Iterator[bytes] | list[bytes]) -> bytes:
    return b"".join(packet(line) if line else FLUSH for line in packets)
