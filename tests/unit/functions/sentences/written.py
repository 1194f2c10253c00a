"""Writes `sentences.yml`: what the functions say to people, for whoever reviews a change of it.

python -m tests.unit.functions.sentences.written
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("sentences.yml")
_HEAD = """\
# What the functions say to people, by who says it. Written by
# `python -m tests.unit.functions.sentences.written`; a test tells when it is no longer what they
# say. Read the difference as whoever launches, approves or operates would.
"""

Sentences = Mapping[str, list[str]]


def sentences() -> Sentences:
    """All that is said, by who says it."""
    found: dict[str, list[str]] = {}
    for who, said in _all():
        found.setdefault(who, []).append(said)
    return {who: found[who] for who in sorted(found)}


def _all() -> Iterator[tuple[str, str]]:
    # Imported when the functions can be.
    from tests.unit.functions.sentences.of_errors import errors
    from tests.unit.functions.sentences.of_refusals import refusals
    from tests.unit.functions.sentences.of_stages import told

    for error in errors():
        yield f"{type(error).__module__}.{type(error).__name__}", str(error)
    yield from refusals()
    yield from told()


def write(said: Sentences) -> str:
    """The file's text."""
    body = yaml.safe_dump(dict(said), allow_unicode=True, sort_keys=False, width=100)
    return f"{_HEAD}\n{body}"


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "functions"))
    FILE.write_text(write(sentences()), encoding="utf-8")
