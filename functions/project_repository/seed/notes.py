"""Writes what only the launch knows into files of the seed.

A file of the seed holds a line `<!-- note: some-mark -->`; the text for this mark follows it in the
repository. The same notes give the same file, so later versions of the seed merge cleanly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from project_repository.request import Notes
from project_repository.seed.bundle import SeedError, SeedFile


def insert_notes(bundle: str, files: Sequence[SeedFile], notes: Notes) -> list[SeedFile]:
    """Return the files with each note after its mark.

    Raises:
        SeedError: there is no such file, or not exactly one such line in it.
    """
    missing = sorted(set(notes) - {file.path for file in files})
    if missing:
        raise SeedError(bundle, f"holds no file {missing[0]} for the notes of the template")
    return [
        replace(file, content=_noted(bundle, file, notes[file.path]))
        if file.path in notes
        else file
        for file in files
    ]


def _noted(bundle: str, file: SeedFile, texts: Mapping[str, str]) -> bytes:
    lines = file.content.splitlines(keepends=True)
    for mark, text in sorted(texts.items()):
        line = f"<!-- note: {mark} -->"
        places = [place for place, each in enumerate(lines) if each.strip() == line.encode()]
        if len(places) != 1:
            why = f"has {len(places)} lines `{line}` in {file.path}, where one is to be"
            raise SeedError(bundle, why)
        lines.insert(places[0] + 1, f"\n{text}\n".encode())
    return b"".join(lines)
