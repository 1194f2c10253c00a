"""The CloudFormation registry's schemas of resource types, which cfn-lint carries.

They are read as files: the import of cfn-lint takes 2.6 s.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def schema_of(cfn_type: str) -> dict[str, Any]:
    """The schema of a type such as `AWS::S3::Bucket`; empty when the registry has none."""
    path = _index().get(cfn_type)
    if path is None:
        return {}
    schema: dict[str, Any] = json.loads((_schemas() / "resources" / f"{path}.json").read_bytes())
    return schema


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = json.loads((_schemas() / "providers" / "us-east-1.json").read_bytes())
    return index


def _schemas() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed; run `make setup`.")
    return Path(spec.origin).parent / "data" / "schemas"
