"""Reads training jobs' archives as evaluation does: paths in, names or the refusal out, as JSON."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from served_package import EvaluationError, read_model

for line in sys.stdin:
    answer: dict[str, object] = {}
    try:
        answer["files"] = sorted(read_model(Path(json.loads(line)["path"])))
    except EvaluationError as error:
        answer["refused"] = str(error)
    answer["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()
