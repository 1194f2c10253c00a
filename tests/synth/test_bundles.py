"""What runs in Lambda and what seeds a repository is this commit's code, named by its hash."""

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_FUNCTIONS = _ROOT / "functions"
# What Lambda's Python runtime brings along; urllib3 is there because botocore needs it.
_RUNTIME = {"boto3", "botocore", "urllib3"}
# What travels with the functions, since the runtime lacks it.
_CARRIED = {"yaml"}


def _staged(synthesis: Any, key: str) -> Path:
    """The folder that is zipped and uploaded under a key; its name is the hash in the key."""
    (file,) = synthesis.assembly.glob("*.assets.json")
    assets = json.loads(file.read_text(encoding="utf-8"))["files"]
    digest = key.removesuffix(".zip")
    source = assets[digest]["source"]
    assert source["packaging"] == "zip"
    assert {one["objectKey"] for one in assets[digest]["destinations"].values()} == {key}
    folder: Path = (synthesis.assembly / source["path"]).resolve()
    assert folder.name == f"asset.{digest}"
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    left_behind = re.compile(r"(^|/)(__pycache__|\.\w+_cache|\.venv|node_modules|cdk\.out)/")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not left_behind.search(path.relative_to(folder).as_posix())
    }


def _keys(registration: dict[str, Any]) -> set[str]:
    keys = set()
    for resource in registration["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            code = resource["Properties"]["Code"]
            assert code["S3Bucket"] == "cdk-hnb659fds-assets-111122223333-eu-west-1"
            assert set(code) == {"S3Bucket", "S3Key"}
            keys.add(code["S3Key"])
    return keys


def test_every_function_runs_the_bundle_of_this_commit(
    synthesis: Any, registration: dict[str, Any]
) -> None:
    (key,) = _keys(registration)
    assert re.fullmatch(r"[0-9a-f]{64}\.zip", key)
    bundle = _files(_staged(synthesis, key))
    ours = {name: content for name, content in bundle.items() if not name.startswith("yaml/")}
    assert ours == _files(_FUNCTIONS)


def test_lambda_gets_the_locked_package_that_its_runtime_lacks_without_compiled_code(
    synthesis: Any, registration: dict[str, Any]
) -> None:
    (key,) = _keys(registration)
    bundle = _files(_staged(synthesis, key))
    carried = {name for name in bundle if name.startswith("yaml/")}
    assert "yaml/loader.py" in carried
    assert [name for name in carried if not name.endswith((".py", ".typed"))] == []
    locked = re.search(r"^pyyaml==(\S+)", (_ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert locked is not None
    assert f"__version__ = '{locked[1]}'" in bundle["yaml/__init__.py"].decode()


@pytest.mark.parametrize("app", ["build_app", "deploy_app"])
def test_the_product_seeds_repositories_with_the_code_of_this_commit(
    synthesis: Any, product: dict[str, Any], app: str
) -> None:
    wanted = _files(_ROOT / "seed_code" / app)
    keys = [
        resource["Properties"]["SeedKey"]
        for resource in product["Resources"].values()
        if "SeedKey" in resource.get("Properties", {})
    ]
    assert len(keys) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}\.zip", key) for key in keys)
    assert [_files(_staged(synthesis, key)) for key in keys].count(wanted) == 1


def test_lambda_gets_our_code_and_nothing_else() -> None:
    own = {path.name for path in _FUNCTIONS.iterdir() if (path / "__init__.py").is_file()}
    sources = [name for name in _files(_FUNCTIONS) if not name.endswith(".pyc")]
    assert [name for name in sources if not name.endswith(".py")] == []
    for name in sources:
        assert name.split("/")[0] in own
        foreign = _imported(_FUNCTIONS / name) - own - _RUNTIME - _CARRIED - sys.stdlib_module_names
        assert foreign == set(), name


def _imported(file: Path) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name} imports relatively; name the package"
            modules.add(str(node.module).partition(".")[0])
    return modules
