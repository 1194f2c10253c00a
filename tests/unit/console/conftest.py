"""Puts within reach what the console takes of the repositories' code."""

import sys
from pathlib import Path

_SEED = Path(__file__).resolve().parents[3] / "seed_code/build_app"
for folder in (_SEED, _SEED / "source_scripts"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
