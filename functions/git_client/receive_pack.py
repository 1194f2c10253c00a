"""The body of a push and the report that answers it.

Source: https://git-scm.com/docs/gitprotocol-pack, "Reference Update Request" and "Report Status"
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from git_client.objects import GitObject
from git_client.pack import encode_pack
from git_client.pkt_line import FLUSH, FramingError, decode_lines, encode_line, split_bands
from git_client.references import NO_OBJECT, Advertisement, branch_reference

_AGENT = "agent=mlops-sm-project-template"
_BANDS = "side-band-64k"
# What is asked for where the server offers it.
_WISHES = ("report-status", "atomic", _BANDS)


@dataclass(frozen=True)
class Report:
    """How a push ended; `reasons` is empty when everything was done."""

    reasons: tuple[str, ...]
    words: str


def encode_push(
    known: Advertisement, updates: Mapping[str, str], objects: Iterable[GitObject]
) -> bytes:
    """Return the commands, all or none of which are to be done, and the pack.

    Args:
        known: where the branches stand; the server refuses if that is no longer so.
        updates: branch -> commit that it shall point to.
        objects: what the server does not have yet.
    """
    wanted = [wish for wish in _WISHES if wish in known.capabilities]
    spoken = " ".join([*wanted, _AGENT])
    lines: list[bytes] = []
    for branch, new in updates.items():
        command = f"{known.branch(branch) or NO_OBJECT} {new} {branch_reference(branch)}"
        lines.append(encode_line((command if lines else f"{command}\0 {spoken}").encode()))
    return b"".join(lines) + FLUSH + encode_pack(objects)


def parse_report(known: Advertisement, content: bytes) -> Report:
    """Read the answer to a push.

    Raises:
        FramingError: there is no whole report in it.
    """
    words = ""
    if _BANDS in known.capabilities:
        content, words = split_bands(content)
    lines = [line.decode("utf-8", "replace").rstrip("\n") for line in decode_lines(content) if line]
    if not lines or not lines[0].startswith("unpack "):
        raise FramingError("there is no report")
    reasons = [] if lines[0] == "unpack ok" else [lines[0]]
    for line in lines[1:]:
        verdict, _, rest = line.partition(" ")
        if verdict == "ng":
            reasons.append(rest.partition(" ")[2])
    return Report(tuple(reasons), words)
