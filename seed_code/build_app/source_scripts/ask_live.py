"""Asks an unpacked package of another version for predictions, in a process of its own.

Its modules have the names of ours, and any bytes may be its model: what it takes in memory and
writes is bounded here, how long it takes by whoever starts this. Its answer goes into a file; what
went wrong is the last line of the standard error.
"""

from __future__ import annotations

import importlib
import resource
import sys
import warnings
from pathlib import Path

MOST_MEMORY_BYTES = 4 * 2**30


class RefusedError(ValueError):
    """The served code refused the test records; the message is what it answered."""


def main(argv: list[str]) -> None:
    """Predict.

    Args:
        argv: the package's folder, the file with the records, the file for the answer, and how many
            bytes that may have.
    """
    folder, records, answer, most_bytes = argv
    for limit, value in (
        (resource.RLIMIT_DATA, MOST_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, int(most_bytes)),
    ):
        resource.setrlimit(limit, (value, value))
    # An estimator of another scikit-learn may load and predict something else.
    warnings.filterwarnings("error", message="Trying to unpickle estimator")
    sys.path[:1] = [f"{folder}/code", f"{folder}/code/packages"]
    served = importlib.import_module("inference")
    text = Path(records).read_text(encoding="utf-8")
    said = served.transform_fn(served.model_fn(folder), text, "text/csv", "text/csv")
    if not isinstance(said, tuple):
        raise RefusedError(said.get_data(as_text=True))
    Path(answer).write_text(said[0], encoding="utf-8")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Exception as error:  # noqa: BLE001 # whatever another version raises is why it gave none
        sys.exit(" ".join(f"{type(error).__name__}: {error}".split()))
