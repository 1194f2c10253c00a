"""Reads training jobs' archives as evaluation does: paths in, names or the refusal out, as JSON."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from served_package import EvaluationError, read_model


def peak_bytes() -> int:
    """The most memory that this program had; `getrusage` counts what started it, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


for line in sys.stdin:
    answer: dict[str, object] = {}
    try:
        answer["files"] = sorted(read_model(Path(json.loads(line)["path"])))
    except EvaluationError as error:
        answer["refused"] = str(error)
    answer["memory"] = peak_bytes()
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()
