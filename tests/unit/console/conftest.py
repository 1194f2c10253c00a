"""Puts the model card and what it needs, which the build repository has, within reach."""

import sys
from pathlib import Path

SEED = Path(__file__).resolve().parents[3] / "seed_code/build_app"
for folder in (SEED, SEED / "source_scripts"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
