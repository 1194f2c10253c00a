"""``python -m console``: show the projects of an account in a browser."""

import sys
from pathlib import Path

_SEED = Path(__file__).resolve().parents[1] / "seed_code"
# The model card and the status of stages are computed by what projects get.
sys.path += [
    str(_SEED / folder) for folder in ("build_app", "build_app/source_scripts", "deploy_app/vendor")
]

from console.command import main

if __name__ == "__main__":
    main()
