"""The documents that users get, in one list: tests ask for a section, not for a file."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    "README.md",
    "docs/platform-engineer/README.md",
    "docs/platform-engineer/register.md",
    "docs/platform-engineer/settings.md",
    "docs/platform-engineer/credentials.md",
    "docs/platform-engineer/steps.md",
    "docs/platform-engineer/unregister.md",
    "docs/platform-engineer/github.md",
    "docs/platform-engineer/security.md",
    "docs/data-scientist.md",
    "docs/operator.md",
    "docs/console.md",
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
    texts = [_find_section(read(document), title) for document in DOCUMENTS]
    (found,) = [text for text in texts if text is not None]
    return found


def _find_section(text: str, title: str) -> str | None:
    """What stands below a heading, with its sub-sections; None if there is no such heading."""
    heading = re.search(rf"^(#+) {re.escape(title)}\n", text, re.M)
    if heading is None:
        return None
    below = text[heading.end() :]
    if heading[1] == "#":  # the document's own title; a line of a block may begin like one
        return below
    end = re.search(rf"^##{{1,{len(heading[1]) - 1}}} ", below, re.M)
    return below[: end.start()] if end else below


def tables(head: str) -> list[str]:
    """The rows of all tables that begin with this line, such as `| it says | do |`."""
    pattern = rf"^{re.escape(head)}\n\|[ |-]+\|\n((?:\|.*\n)+)"
    return re.findall(pattern, read_all() + "\n", re.M)
