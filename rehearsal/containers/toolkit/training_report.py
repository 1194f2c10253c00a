"""Reports how a training ended, as AWS's training toolkits do.

`output/success` is written, or `output/failure`, whose first 1,024 characters SageMaker shows as
the reason. Imitates `_trainer.py` of sagemaker-containers 2.8.6 and `trainer.py` of
sagemaker-training 4.8.0; the traceback of a framework error is in the log only.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from rehearsal.containers.toolkit.errors import ClientError


def report(
    base: Path, train: Callable[[], None], *, framework_error: str, is_script_heard: bool = False
) -> int:
    """Train, write down how it ended, and return the container's exit code.

    What fails beside the script begins with `framework_error`; if `is_script_heard`, a failure that
    the script wrote down itself stays.
    """
    try:
        train()
    except ClientError as error:
        reason, exit_code = str(error), 1
    except Exception as error:  # noqa: BLE001 - the job must name any cause, as the container does
        traceback.print_exc()
        reason, exit_code = f"{framework_error}{error}", getattr(error, "errno", None) or 1
    else:
        _write(base / "output/success", "")
        return 0
    print(reason, file=sys.stderr)
    failure = base / "output/failure"
    if not (is_script_heard and failure.exists()):
        _write(failure, reason)
    return exit_code


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
