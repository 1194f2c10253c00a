"""What a pull request changes: the settings, and the definition that SageMaker gets."""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
from pathlib import Path

from ml_pipelines.scorecard.markdown import fenced

SETTINGS_FILES = ("pipeline.toml", "dataset.toml")
# Beyond it, a comparison may take minutes.
LARGEST_BYTES = 200_000
_CONTEXT_LINES = 2
_SECONDS = 180


class ComparisonError(ValueError):
    """One of two sides cannot be read; the message says which and why."""


def settings_change(base: Path, head: Path) -> str:
    """The difference of both settings files, as Markdown.

    Raises:
        ComparisonError: a file is too large.
    """
    lines = []
    for name in SETTINGS_FILES:
        lines += _difference(_text(base / name), _text(head / name), name)
    return fenced(lines, "diff") if lines else "Unchanged."


def definition_change(base: Path, head: Path) -> str:
    """The difference of what both sides would give SageMaker, as Markdown.

    Raises:
        ComparisonError: a side makes no definition.
    """
    before, after = (_definition(folder, side) for folder, side in ((base, "base"), (head, "head")))
    lines = _difference(before, after, "definition.json")
    return fenced(lines, "diff") if lines else "Unchanged."


def _difference(before: str, after: str, name: str) -> list[str]:
    if max(len(before), len(after)) > LARGEST_BYTES:
        raise ComparisonError(f"{name} has over {LARGEST_BYTES:,} characters; compare it with git.")
    return list(
        difflib.unified_diff(
            before.splitlines(),
            after.splitlines(),
            f"base/{name}",
            name,
            n=_CONTEXT_LINES,
            lineterm="",
        )
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _definition(folder: Path, side: str) -> str:
    """Let a side's own code make its definition, which is put into one order."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ml_pipelines.get_pipeline_definition"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([".", "source_scripts"])},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=True,
        )
        return json.dumps(json.loads(done.stdout), indent=2, sort_keys=True, ensure_ascii=False)
    except subprocess.CalledProcessError as error:
        (*_, last) = error.stderr.strip().splitlines() or ["it said nothing"]
        raise ComparisonError(f"the {side} branch makes no definition: {last}") from error
    except (subprocess.TimeoutExpired, ValueError, RecursionError) as error:
        raise ComparisonError(
            f"the {side} branch makes no definition: its command gave no JSON in {_SECONDS} s."
        ) from error
