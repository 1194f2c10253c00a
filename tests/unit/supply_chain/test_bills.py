"""The bills of materials say what the locks pin, and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import PYTHON, ROOT, Run, copy_project, run_in, shorten_locks

pytestmark = pytest.mark.proof("release")
BILLS = ("registration", "build-repository", "deploy-repository", "functions")
PYTHON_LOCKS = {
    "registration": "requirements.txt",
    "build-repository": "seed_code/build_app/requirements.txt",
    "deploy-repository": "seed_code/deploy_app/requirements.txt",
}
TOOLS = str(Path(sys.executable).parent)
VALIDATE = """
import sys
from pathlib import Path
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
validator = JsonStrictValidator(SchemaVersion.V1_6)
for name in sys.argv[1:]:
    print(name, "wrong" if validator.validate_str(Path(name).read_text()) else "right")
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its bills; no test changes it."""
    project = copy_project(tmp_path_factory.mktemp("bills") / "project")
    done = run_in(project, "sbom")
    assert done.returncode == 0, done.stderr
    names = [*(f"{name}.cdx.json" for name in BILLS), "SHA256SUMS"]
    assert done.stdout.split() == [word for name in names for word in ("wrote", f"sbom/{name}")]
    return project


@pytest.fixture
def bills(made: Path) -> dict[str, dict[str, Any]]:
    return {name: json.loads((made / "sbom" / f"{name}.cdx.json").read_text()) for name in BILLS}


def _components(bill: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in bill["components"] if one.get("purl", "").startswith(f"pkg:{kind}/")]


def test_each_bill_follows_the_schema(bills: dict[str, Any], made: Path, tmp_path: Path) -> None:
    files = [made / "sbom" / f"{name}.cdx.json" for name in BILLS]
    bills["functions"]["components"][0]["type"] = "nothing"
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(bills["functions"]), encoding="utf-8")
    argv = [PYTHON, "-c", VALIDATE, *files, broken]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    wanted = [*(f"{file} right" for file in files), f"{broken} wrong"]
    assert done.stdout.splitlines() == wanted
    for bill in bills.values():
        assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_python_components_are_the_lock(bills: dict[str, Any], name: str) -> None:
    lock = (ROOT / PYTHON_LOCKS[name]).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    wanted = {
        tuple(re.match(r"([^=]+)==(\S+)", block).groups()): set(re.findall(r"sha256:(\w+)", block))  # type: ignore[union-attr]
        for block in blocks
    }
    found = {}
    for one in _components(bills[name], "pypi"):
        assert one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}"
        assert {entry["alg"] for entry in one["hashes"]} == {"SHA-256"}
        found[one["name"], one["version"]] = {entry["content"] for entry in one["hashes"]}
    assert found == wanted


@pytest.mark.parametrize(
    ("name", "folder"), [("registration", "."), ("deploy-repository", "seed_code/deploy_app")]
)
def test_node_components_are_those_of_npm(
    bills: dict[str, Any], tmp_path: Path, name: str, folder: str
) -> None:
    for file in ("package.json", "package-lock.json"):
        document = json.loads((ROOT / folder / file).read_text(encoding="utf-8"))
        for root in (document, document.get("packages", {}).get("", {})):
            root["version"] = "1.0.0"  # npm names no project without a version
        (tmp_path / file).write_text(json.dumps(document), encoding="utf-8")
    done = subprocess.run(
        ["npm", "sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--omit=dev"],
        cwd=tmp_path,
        env={"PATH": os.pathsep.join([TOOLS, os.environ["PATH"]]), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = [
        (one["purl"], one["hashes"], one["licenses"])
        for one in json.loads(done.stdout)["components"]
    ]
    ours = [
        (one["purl"], one["hashes"], one["licenses"]) for one in _components(bills[name], "npm")
    ]
    assert ours
    assert ours == told


def test_each_package_has_its_licence_and_the_product_is_mit(bills: dict[str, Any]) -> None:
    for name, bill in bills.items():
        main = bill["metadata"]["component"]
        assert main["licenses"] == [{"license": {"id": "MIT"}}]
        assert main["name"] == name
        depends = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
        assert depends[main["bom-ref"]] == sorted(one["bom-ref"] for one in bill["components"])
        for one in bill["components"]:
            assert one["type"] == "file" or one["licenses"], one


def test_the_functions_are_their_files_and_no_package(bills: dict[str, Any]) -> None:
    files = (ROOT / "functions").rglob("*.py")
    wanted = {
        str(file.relative_to(ROOT / "functions")): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }
    components = bills["functions"]["components"]
    assert {one["name"]: one["hashes"][0]["content"] for one in components} == wanted
    assert {one["type"] for one in components} == {"file"}


def test_bills_name_no_address_and_no_machine(bills: dict[str, Any], made: Path) -> None:
    for name in BILLS:
        text = (made / "sbom" / f"{name}.cdx.json").read_text()
        assert re.findall(r"https?://[^\"]+", text) == [bills[name]["$schema"]]
        assert str(made) not in text


def test_a_second_making_is_equal_to_the_byte(
    bills: dict[str, Any], made: Path, project: Path, run: Run
) -> None:
    assert run("sbom").returncode == 0
    assert "timestamp" not in bills["functions"]["metadata"]
    sums = (project / "sbom" / "SHA256SUMS").read_text().splitlines()
    assert len(sums) == len(BILLS)
    for line in sums:
        digest, name = line.split("  ")
        second = (project / "sbom" / name).read_bytes()
        assert second == (made / "sbom" / name).read_bytes()
        assert digest == hashlib.sha256(second).hexdigest()


def test_a_bill_carries_the_time_that_it_is_given(project: Path, run: Run) -> None:
    shorten_locks(project)
    assert run("sbom", SOURCE_DATE_EPOCH="1700000000").returncode == 0
    timed = json.loads((project / "sbom" / "functions.cdx.json").read_text())
    assert timed["metadata"]["timestamp"].startswith("2023-11-14T22:13:20")


def test_a_package_without_a_known_licence_is_named(project: Path, run: Run) -> None:
    shorten_locks(project)
    page = project / "docs" / "licences.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub(r"^\| attrs \|.*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    done = run("sbom")
    assert done.returncode == 1
    assert re.fullmatch(
        r"error: docs/licences.md does not tell the licence of attrs \S+; "
        r"run `make licences`\.\n",
        done.stderr,
    )


def test_a_pin_without_hashes_is_named(project: Path, run: Run) -> None:
    lock = project / "requirements.txt"
    lock.write_text("attrs==1.0\n", encoding="utf-8")
    done = run("sbom")
    assert (done.returncode, done.stdout) == (1, "")
    wanted = "error: requirements.txt does not pin attrs==1.0 with hashes; run `make lock`.\n"
    assert done.stderr == wanted
