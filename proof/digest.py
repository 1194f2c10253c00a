"""One digest for everything that the proof tests."""

import hashlib
import re
import subprocess
from pathlib import Path

RESULTS = "proof/results.json"
MEASURED = "rehearsal/laboratory/benchmarks/results.json"
# What a release or a measurement changes without changing what is proven.
LEFT_OUT = frozenset({RESULTS, MEASURED, "CHANGELOG.md"})
_VERSION = re.compile(rb'^version = "[^"]*"$', re.MULTILINE)


def digest_of(root: Path) -> str:
    """SHA-256 of all files that git knows or would add: their paths, modes and contents.

    The results themselves, those of benches, `CHANGELOG.md` and the version in `pyproject.toml` are
    left out.

    Args:
        root: the project's folder, a git checkout.
    """
    total = hashlib.sha256()
    for name in list_files(root):
        if name in LEFT_OUT:
            continue
        file = root / name
        content = file.read_bytes()
        if name == "pyproject.toml":
            content = _VERSION.sub(b"", content, count=1)
        mode = "x" if file.stat().st_mode & 0o100 else "-"
        total.update(f"{name}\0{mode}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


def list_files(root: Path) -> list[str]:
    """Paths of all files that git knows or would add, as far as they are there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return sorted({name for name in listed.split("\0") if (root / name).is_file()})
