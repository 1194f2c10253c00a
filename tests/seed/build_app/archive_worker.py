"""Reads archives as evaluation does, of training jobs and of live versions.

Paths in; names of the files or the refusal, the verdict and its reason out, as JSON.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
from comparison import Candidate, compare
from dataset import Dataset
from records import read_records
from served_package import EvaluationError, read_model

DATASET = Dataset.parse("label = 'y'\n[columns]\nx.type = 'number'\ny.type = 'number'\n")
NUMBERS = read_records("1\n2\n", DATASET.features, source="records")
CANDIDATE = Candidate("regression", "mse", DATASET, NUMBERS, NUMBERS, np.array([1.0, 2.0]))


def peak_bytes() -> int:
    """The most memory that this program had; `getrusage` counts what started it, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


for line in sys.stdin:
    archive = Path(json.loads(line)["path"])
    answer = compare(CANDIDATE, "live", archive.parent, None)
    try:
        answer["files"] = sorted(read_model(archive))
    except EvaluationError as error:
        answer["refused"] = str(error)
    answer["memory"] = peak_bytes()
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()
