"""The commands that a document gives, as somebody would type them: a line each."""

import re
import textwrap


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, in their order and without their indentation."""
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.M | re.S)
    return [textwrap.dedent(block) for block in found]


def lines(block: str) -> list[str]:
    """The command lines of a block; one that goes on after a backslash is one line."""
    joined = block.replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in joined if line.strip()]
