"""What is said to a git server byte by byte, and what it may answer, readable or not."""

import pytest

from git_client.objects import Signature, blob
from git_client.pack import encode_pack
from git_client.pkt_line import FramingError, decode_lines, encode_line, split_bands
from git_client.receive_pack import Report, encode_push, parse_report
from git_client.references import Advertisement, parse_advertisement

OLD, NEW, NONE = "a" * 40, "b" * 40, "0" * 40
SERVICE = b"001f# service=git-receive-pack\n0000"
ALL = frozenset({"report-status", "atomic", "side-band-64k", "ofs-delta"})
PLAIN = Advertisement({}, frozenset({"report-status"}))
BANDED = Advertisement({}, frozenset({"report-status", "side-band-64k"}))


def test_a_push_says_what_git_says_of_one() -> None:
    """Source: https://git-scm.com/docs/gitprotocol-pack, "Reference Update Request"."""
    known = Advertisement({"refs/heads/main": OLD}, ALL)
    objects = [blob(b"x")]
    spoken = b"report-status atomic side-band-64k agent=mlops-sm-project-template"
    first = f"{OLD} {NEW} refs/heads/main".encode() + b"\0 " + spoken
    second = f"{NONE} {NEW} refs/heads/template".encode()
    assert encode_push(known, {"main": NEW, "template": NEW}, objects) == (
        b"%04x" % (len(first) + 4)
        + first
        + b"%04x" % (len(second) + 4)
        + second
        + b"0000"
        + encode_pack(objects)
    )


def test_only_what_the_server_offers_is_asked_for() -> None:
    said = encode_push(Advertisement({}, frozenset({"atomic"})), {"main": NEW}, [])
    assert b"\0 atomic agent=" in said


def test_an_advertisement_tells_branches_and_capabilities() -> None:
    lines = [
        f"{OLD} refs/heads/main\0atomic  report-status\n".encode(),
        f"{NEW} refs/heads/a b\n".encode(),
        f"{NONE} capabilities^{{}}".encode(),
    ]
    told = parse_advertisement(SERVICE + b"".join(map(encode_line, lines)) + b"0000")
    assert told.references == {"refs/heads/main": OLD, "refs/heads/a b": NEW}
    assert told.capabilities == {"atomic", "report-status"}
    assert (told.branch("main"), told.branch("a b"), told.branch("x")) == (OLD, NEW, None)


def test_names_that_are_no_text_hide_no_branch() -> None:
    lines = [
        f"{OLD} refs/heads/".encode() + b"\xff\xfe\0at\xffomic atomic",
        f"{NEW} refs/heads/main".encode(),
    ]
    told = parse_advertisement(SERVICE + b"".join(map(encode_line, lines)) + b"0000")
    assert told.branch("main") == NEW
    assert len(told.references) == 2
    assert "atomic" in told.capabilities


@pytest.mark.parametrize("content", [b"", b"0000", SERVICE[4:], SERVICE[:-4], b"0009hello0000"])
def test_something_else_is_no_advertisement(content: bytes) -> None:
    with pytest.raises(FramingError):
        parse_advertisement(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"zzzz", "no length where one must be: b'zzzz'"),
        (b"0009hell", "the last line is cut off"),
        (b"0003", "the last line is cut off"),
        (b"0001hello", "the last line is cut off"),
    ],
)
def test_what_is_cut_off_or_no_line_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FramingError, match=f"^{why}$"):
        list(decode_lines(content))


def test_lines_and_flushes_are_read_as_they_were_written() -> None:
    long = b"x" * 65516
    written = encode_line(b"one") + b"0000" + encode_line(b"") + encode_line(long)
    assert list(decode_lines(written)) == [b"one", None, b"", long]


def test_a_line_is_no_longer_than_git_takes() -> None:
    with pytest.raises(ValueError, match=r"^a line of git's protocol takes at most 65516 bytes$"):
        encode_line(b"x" * 65517)


def test_what_the_server_says_beside_its_report_is_told_whatever_its_bytes() -> None:
    banded = [b"\x01one ", b"\x02remote: n\xff", b"\x01two", b"\x03fatal"]
    report, words = split_bands(b"".join(map(encode_line, banded)) + b"0000")
    assert (report, words) == (b"one two", "remote: n\ufffdfatal")


def _lines(*lines: bytes) -> bytes:
    return b"".join(map(encode_line, lines)) + b"0000"


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        ((b"unpack ok\n", b"ok refs/heads/main\n"), ()),
        ((b"unpack ok", b"ng refs/heads/main no such rule\n"), ("no such rule",)),
        ((b"unpack the disk is full",), ("unpack the disk is full",)),
        (
            (
                b"unpack it broke",
                b"ng refs/heads/a \xffx",
                b"ok refs/heads/b",
                b"ng refs/heads/c z",
            ),
            ("unpack it broke", "\ufffdx", "z"),
        ),
    ],
)
def test_a_report_tells_what_was_refused_and_why(
    lines: tuple[bytes, ...], reasons: tuple[str, ...]
) -> None:
    assert parse_report(PLAIN, _lines(*lines)) == Report(reasons, "")
    banded = _lines(b"\x01" + _lines(*lines), b"\x02hello")
    assert parse_report(BANDED, banded) == Report(reasons, "hello")


@pytest.mark.parametrize("content", [b"", b"0000", _lines(b"hello")])
def test_without_a_report_a_push_is_not_known_to_be_done(content: bytes) -> None:
    with pytest.raises(FramingError, match=r"^there is no report$"):
        parse_report(PLAIN, content)


@pytest.mark.parametrize("name", ["", "\n", "<>"])
def test_whoever_has_no_name_is_unknown(name: str) -> None:
    assert Signature(name, "o@x", 1).line() == "unknown <o@x> 1 +0000"
