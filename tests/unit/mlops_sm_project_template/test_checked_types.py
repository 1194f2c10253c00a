"""mypy leaves out most of AWS CDK; what template and seed import of it is checked."""

import ast
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def _imported() -> Iterator[str]:
    folders = (ROOT / "mlops_sm_project_template", ROOT / "seed_code" / "deploy_app")
    for file in chain.from_iterable(folder.rglob("*.py") for folder in folders):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aws_cdk"):
                yield str(node.module)
                yield from (
                    f"{node.module}.{name.name}"
                    for name in node.names
                    if name.name.startswith("aws_")
                )


def test_mypy_follows_exactly_what_is_imported_of_aws_cdk() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (followed,) = (
        override["module"]
        for override in settings["tool"]["mypy"]["overrides"]
        if override["follow_imports"] == "normal"
    )
    assert sorted(followed) == sorted(set(_imported()))
