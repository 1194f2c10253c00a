"""What was measured, as it is written to `rehearsal/laboratory/benchmarks/results.json`."""

import json
import os
import platform
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psutil

Sections = dict[str, Any]
"""By section of the file, what was measured."""
Tell = Callable[[str], None]
"""Hears what is at work, in one line."""


def write_results(measured: Sections, load_before: float, file: Path) -> dict[str, Any]:
    """Write the file in one step; sections that were not measured stay as they were.

    Args:
        measured: numbers, no host name and no path.
        load_before: processes that wanted a core in the minute before; what else ran then slows
            what is measured.
        file: may be absent.

    Returns:
        What was measured, with its dates and the machine.
    """
    results = {
        "dates": dict.fromkeys(measured, date.today().isoformat()),
        "machine": {**describe_machine(), "load_before": round(load_before, 2)},
        **measured,
    }
    earlier = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    dates = {**earlier.get("dates", {}), **results["dates"]}
    draft = file.with_suffix(".new")
    whole = json.dumps({**earlier, **results, "dates": dates}, indent=2)
    draft.write_text(f"{whole}\n", encoding="utf-8")
    draft.replace(file)
    return results


def describe_machine() -> dict[str, Any]:
    """What the numbers depend on, without the machine's name."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
