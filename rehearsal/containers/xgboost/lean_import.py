"""Imports XGBoost for algorithm mode, which has no use for its estimators.

XGBoost imports scikit-learn, and thereby pandas, for these alone: half a second of each container's
start. A customer's script or user module gets XGBoost whole.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def import_algorithm(module: str) -> Any:
    """Import a module of ours, and XGBoost by it as if there were no scikit-learn."""
    sys.modules["sklearn"] = None  # type: ignore[assignment]  # Python's sign of what is not there
    try:
        return importlib.import_module(module)
    finally:
        del sys.modules["sklearn"]
