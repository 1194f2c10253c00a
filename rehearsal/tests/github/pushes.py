"""Commits that reach the local GitHub as git brings them: by a push."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path

from rehearsal.github.git.git_objects import NO_COMMIT
from rehearsal.github.git.push_report import FLUSH, packet

CONTENT_TYPE = "application/x-git-receive-pack-request"
_SCRATCH = "refs/scratch/new"
_EMPTY_PACK = b"PACK\0\0\0\2\0\0\0\0"


def make_commit(
    folder: Path, parent: str | None, files: Mapping[str, str | None], message: str = "Change"
) -> str:
    """Let git write a commit to which no branch points; None removes a file."""
    lines = [f"commit {_SCRATCH}", "mark :1", "committer Octo <octo@example.com> now"]
    lines += [f"data {len(message.encode())}", message, *([f"from {parent}"] if parent else [])]
    for path, text in files.items():
        if text is None:
            lines.append(f"D {path}")
        else:
            lines += [f"M 100644 inline {path}", f"data {len(text.encode())}", text]
    lines += ["", "get-mark :1", f"reset {_SCRATCH}", f"from {NO_COMMIT}", ""]
    done = subprocess.run(
        ["git", f"--git-dir={folder}", "fast-import", "--quiet", "--date-format=now"],
        input="\n".join(lines).encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def push_body(ref: str, old: str | None, new: str | None) -> bytes:
    """What `git push` sends for one reference whose objects the server has; None: no such."""
    asked = f"{old or NO_COMMIT} {new or NO_COMMIT} {ref}\0report-status"
    pack = _EMPTY_PACK + hashlib.sha1(_EMPTY_PACK, usedforsecurity=False).digest()
    return packet(asked.encode()) + FLUSH + (pack if new else b"")
