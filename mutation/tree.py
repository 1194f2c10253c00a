"""The files of the project: which there are, their digest, and copies that may be changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mutation.mutant import Mutant
from mutation.policy_fault import FAULT, NOTE

# What tests of a mutant can read; the tests of this package and of documents do not meet mutants.
_READ = (
    "app.py",
    "cdk.json",
    "conftest.py",
    "functions/",
    "mlops_sm_project_template/",
    "prerequisites/",
    "proof/parts.py",
    "pyproject.toml",
    "rehearsal/",
    "requirements",
    "seed_code/",
    "tests/",
)
_NOT_MET = ("tests/docs/", "tests/unit/mutation/", "rehearsal/laboratory/benchmarks/results.json")
_INSTALLED = (".venv", ".images", "node_modules")


def list_files(root: Path) -> list[str]:
    """Paths of all files that git knows or would add, as far as they are there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = {name for name in listed.split("\0") if name and name not in _INSTALLED}
    return sorted(name for name in names if (root / name).is_file())


def digest_of(root: Path, names: Iterable[str]) -> str:
    """SHA-256 of files: their paths and contents."""
    total = hashlib.sha256()
    for name in names:
        file = root / name
        content = file.read_bytes() if file.is_file() else b""
        total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


@dataclass(frozen=True)
class Digests:
    """What a mutant's outcome depends on.

    Attributes:
        code: of all that tests read but the tests themselves; a killed mutant stays killed while
            this is the same, and its test's file.
        tests: of the tests; a mutant that survived does so while this is the same, too.
    """

    code: str
    tests: str


def digests_of(root: Path) -> Digests:
    """Both digests of the files as they are."""
    names = [
        name
        for name in list_files(root)
        if name.startswith(_READ) and not name.startswith(_NOT_MET)
    ]
    tests = [name for name in names if is_test(name)]
    return Digests(
        code=digest_of(root, (name for name in names if not is_test(name))),
        tests=digest_of(root, tests),
    )


def is_test(name: str) -> bool:
    """Whether a file belongs to the tests of this project."""
    return name.startswith(("tests/", "rehearsal/tests/"))


class TreeCopy:
    """All files of the project in a folder, with what is installed as links."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        self._root, self._clock = root, 0
        for name in list_files(root):
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, place)
        for name in _INSTALLED:
            if (root / name).exists():
                (folder / name).symlink_to((root / name).resolve())
        self._files = {name: self._state(name) for name in list_files(root)}

    def _state(self, name: str) -> tuple[bytes, int]:
        file = self.folder / name
        return file.read_bytes(), file.stat().st_mtime_ns

    def put(self, mutant: Mutant) -> None:
        """Put one mutant into it."""
        mutant.put_into(self.folder)
        self._clock += 1
        for name, (content, changed_at) in self._files.items():
            file = self.folder / name
            if file.suffix == ".py" and file.read_bytes() != content:
                # Byte code is told by time in seconds and size; two mutants may share both.
                later = changed_at + self._clock * 10**9
                os.utime(file, ns=(later, later))

    def restore(self) -> None:
        """Bring back what a mutant or its tests changed."""
        for name, (content, changed_at) in self._files.items():
            file = self.folder / name
            if not file.exists() or file.read_bytes() != content:
                file.write_bytes(content)
                os.utime(file, ns=(changed_at, changed_at))
        for name in (FAULT, NOTE):
            (self.folder / name).unlink(missing_ok=True)
