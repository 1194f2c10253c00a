"""Times the pipeline's work as one plain script, on the data that the rehearsal uses."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rehearsal.laboratory.benchmarks.timing import Command, time_in_turn

_SCRIPT = Path(__file__).with_name("plain_training.py")


def time_plain_training(root: Path, runs: int, tell: Callable[[str], None]) -> list[float]:
    """Time the script from starting Python to its exit; making the data is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        _write_data(root, data / "abalone-dataset.csv")

        def script(number: int) -> Command:
            options = {
                "--data": data,
                "--seed-code": root / "seed_code/build_app",
                "--rehearsal": root,
                "--base": Path(folder) / f"run-{number}",
            }
            python = root / ".images/xgboost/bin/python"
            argv = [str(python), "-B", str(_SCRIPT)]
            argv += [str(part) for option in options.items() for part in option]
            return Command("the pipeline's work as one script", argv, root, _environment())

        return time_in_turn([script], runs, tell)[0]


def _write_data(root: Path, file: Path) -> None:
    argv = [sys.executable, "-m", "rehearsal.conductor.synthetic_abalone", "--output", str(file)]
    Command("making the synthetic data", argv, root, os.environ).run()


def _environment() -> dict[str, str]:
    """What the image's Python needs, and no package path of the caller's."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
