"""Writes the names of a project's stages into the seed, which calls its own as projects once did.

In `config/stages.yml` the lines `- name: dev`, `- name: staging` and `- name: prod`, the latter in
a comment, get the names of the first stages of the project.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from cloudformation_response.stages import EARLIER_STAGES, renamed_stages
from project_repository.seed.bundle import SeedError, SeedFile

_FILE = "config/stages.yml"
_NAME = re.compile(rb"^(?P<before>#? *- name: )(?P<name>[a-z]+)$", re.MULTILINE)


def name_stages(bundle: str, files: Sequence[SeedFile], stages: tuple[str, ...]) -> list[SeedFile]:
    """Return the files with the names; the same bytes if the project kept those of before.

    Raises:
        SeedError: the file does not name the first stage as this expects.
    """
    renamed = renamed_stages(stages)
    if not renamed:
        return list(files)

    def named(file: SeedFile) -> SeedFile:
        content = _NAME.sub(lambda found: _line(found, renamed), file.content)
        if f"- name: {stages[0]}\n".encode() not in content:
            raise SeedError(bundle, f"has no line `- name: {EARLIER_STAGES[0]}` in {_FILE}")
        return replace(file, content=content)

    if not any(file.path == _FILE for file in files):
        raise SeedError(bundle, f"holds no file {_FILE} for the names of the stages")
    return [named(file) if file.path == _FILE else file for file in files]


def _line(found: re.Match[bytes], renamed: dict[str, str]) -> bytes:
    name = found["name"].decode()
    return found["before"] + renamed.get(name, name).encode()
