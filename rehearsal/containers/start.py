"""Starts a program of an image: `python start.py xgboost train`.

The repository is on the import path for our programs alone: the customer's code, which they import
or start later, finds what the image holds and nothing else.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(image: str, program: str) -> int:
    """Run `train` or `serve` of an image; return its exit code."""
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    module = importlib.import_module(f"rehearsal.containers.{image}.{program}")
    del sys.path[0]
    code: int = module.main()
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
