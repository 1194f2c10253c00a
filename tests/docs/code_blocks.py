"""The commands that a document gives, as somebody would type them: a line each."""

import re
import textwrap


def find_section(text: str, title: str) -> str | None:
    """What stands below a heading, with its sub-sections; None if there is no such heading."""
    heading = re.search(rf"^(#+) {re.escape(title)}\n", text, re.M)
    if heading is None:
        return None
    below = text[heading.end() :]
    if heading[1] == "#":  # the document's own title; a line of a block may begin like one
        return below
    end = re.search(rf"^##{{1,{len(heading[1]) - 1}}} ", below, re.M)
    return below[: end.start()] if end else below


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, in their order and without their indentation."""
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.M | re.S)
    return [textwrap.dedent(block) for block in found]


def lines(block: str) -> list[str]:
    """The command lines of a block; one that goes on after a backslash is one line."""
    joined = block.replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in joined if line.strip()]
