"""The documents that users get, in one list: tests ask for a section, not for a file."""

import re
from pathlib import Path

from tests.docs.code_blocks import find_section

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (
    "README.md",
    "docs/platform-engineer/README.md",
    "docs/platform-engineer/register.md",
    "docs/platform-engineer/settings.md",
    "docs/platform-engineer/unregister.md",
    "docs/platform-engineer/security.md",
    "docs/data-scientist.md",
    "docs/operator.md",
    "CONTRIBUTING.md",
    "rehearsal/README.md",
)


def read(document: str) -> str:
    """The text of one document, named by its path in the project."""
    return (ROOT / document).read_text(encoding="utf-8")


def read_all() -> str:
    """The texts of all documents, one after the other."""
    return "\n\n".join(map(read, DOCUMENTS))


def section(title: str) -> str:
    """What stands below a heading, which only one of the documents has."""
    texts = [find_section(read(document), title) for document in DOCUMENTS]
    (found,) = [text for text in texts if text is not None]
    return found


def tables(head: str) -> list[str]:
    """The rows of all tables that begin with this line, such as `| it says | do |`."""
    pattern = rf"^{re.escape(head)}\n\|[ |-]+\|\n((?:\|.*\n)+)"
    return re.findall(pattern, read_all() + "\n", re.M)
