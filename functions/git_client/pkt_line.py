"""Git's framing: lines with their length in front, in sections that end with a flush.

Source: https://git-scm.com/docs/protocol-common and https://git-scm.com/docs/gitprotocol-pack
"""

from collections.abc import Iterator

FLUSH = b"0000"
_LENGTH_DIGITS = 4
MAX_LINE_BYTES = 65520
_REPORT_BAND = 1
_WORDS_BAND = 2


class FramingError(ValueError):
    """The bytes are not git's framing."""


def encode_line(content: bytes) -> bytes:
    """Return one line with its length.

    Raises:
        ValueError: it is too long.
    """
    length = len(content) + _LENGTH_DIGITS
    if length > MAX_LINE_BYTES:
        raise ValueError("a line of git's protocol takes at most 65516 bytes")
    return b"%04x" % length + content


def decode_lines(data: bytes) -> Iterator[bytes | None]:
    """Yield each line, and None for each flush.

    Raises:
        FramingError: the bytes are cut off, or something else.
    """
    position = 0
    while position < len(data):
        digits = data[position : position + _LENGTH_DIGITS]
        try:
            length = int(digits, 16)
        except ValueError:
            raise FramingError(f"no length where one must be: {digits!r}") from None
        if length == 0:
            position += _LENGTH_DIGITS
            yield None
            continue
        line = data[position + _LENGTH_DIGITS : position + length]
        if length < _LENGTH_DIGITS or len(line) != length - _LENGTH_DIGITS:
            raise FramingError("the last line is cut off")
        position += length
        yield line


def split_bands(data: bytes) -> tuple[bytes, str]:
    """Divide a multiplexed answer into the report and what the server said to a person.

    Raises:
        FramingError: as for `decode_lines`.
    """
    report, words = b"", b""
    for line in decode_lines(data):
        if line and line[0] == _REPORT_BAND:
            report += line[1:]
        elif line and line[0] >= _WORDS_BAND:
            words += line[1:]
    return report, words.decode("utf-8", "replace")
