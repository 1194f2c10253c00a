"""What a git server advertises before a push: its branches and what it can do.

Source: https://git-scm.com/docs/http-protocol, "Smart Clients"
"""

from collections.abc import Mapping
from dataclasses import dataclass

from git_client.pkt_line import FramingError, decode_lines

NO_OBJECT = "0" * 40
_HEADS = "refs/heads/"
_SERVICE_LINE = b"# service=git-receive-pack"


@dataclass(frozen=True)
class Advertisement:
    """All references by their full name, and the server's capabilities."""

    references: Mapping[str, str]
    capabilities: frozenset[str]

    def branch(self, name: str) -> str | None:
        """Return the commit that a branch points to."""
        return self.references.get(_HEADS + name)


def branch_reference(name: str) -> str:
    """Return the full name of a branch."""
    return _HEADS + name


def parse_advertisement(content: bytes) -> Advertisement:
    """Read the answer to `info/refs?service=git-receive-pack`.

    Raises:
        FramingError: it is something else.
    """
    lines = decode_lines(content)
    if (next(lines, None) or b"").rstrip(b"\n") != _SERVICE_LINE or next(lines, b"") is not None:
        raise FramingError("this is no advertisement of git-receive-pack")
    references: dict[str, str] = {}
    capabilities: frozenset[str] = frozenset()
    for number, line in enumerate(line for line in lines if line is not None):
        name_and_id, _, spoken = line.rstrip(b"\n").partition(b"\0")
        if number == 0:
            capabilities = frozenset(spoken.decode("utf-8", "replace").split())
        id_, _, name = name_and_id.decode("utf-8", "surrogateescape").partition(" ")
        if id_ != NO_OBJECT:
            references[name] = id_
    return Advertisement(references, capabilities)
