"""Reads the licence of each Python package out of the package itself.

Stages: sort the pins by a machine that would install them, since some are for Windows or for
one Python only; install them there, without their dependencies and into a folder that is thrown
away; read the metadata; express the licence in SPDX identifiers.
"""

import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name

from supply_chain.errors import SupplyChainError
from supply_chain.locks import Pin, layers, requirement_lines

TABLES = Path(__file__).with_name("licences.toml")
# uv's name of a platform, the version of Python, and what markers ask of that machine.
MACHINES = (
    ("x86_64-unknown-linux-gnu", "3.11.0", {"sys_platform": "linux", "platform_system": "Linux"}),
    ("x86_64-unknown-linux-gnu", "3.13.0", {"sys_platform": "linux", "platform_system": "Linux"}),
    ("x86_64-unknown-linux-gnu", "3.14.0", {"sys_platform": "linux", "platform_system": "Linux"}),
    ("x86_64-pc-windows-msvc", "3.11.0", {"sys_platform": "win32", "platform_system": "Windows"}),
)


def read_licences(pins: Iterable[Pin], *, scratch: Path) -> dict[tuple[str, str], str]:
    """SPDX expressions by name and version.

    Args:
        pins: of Python packages, from any number of locks.
        scratch: a folder on the file system of uv's cache, so that files are linked, not copied.

    Raises:
        SupplyChainError: a package could not be installed, or does not tell its licence.
    """
    tables = tomllib.loads(TABLES.read_text(encoding="utf-8"))
    sources: dict[str, str] = tables["sources"]
    pins = list(pins)
    found = {(pin.name, pin.version): sources[pin.name] for pin in pins if pin.name in sources}
    waiting = [pin for pin in pins if pin.name not in sources]
    for platform, python, answers in MACHINES:
        environment = {**answers, "python_full_version": python}
        mine = [pin for pin in waiting if pin.marker is None or pin.marker.evaluate(environment)]
        waiting = [pin for pin in waiting if pin not in mine]
        for layer in layers(mine):
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                _install(layer, Path(folder), platform, python)
                for one in distributions(path=[folder]):
                    key = canonicalize_name(one.name), one.version
                    found[key] = spdx(one, tables)
    keys = {name for name, _ in found} | {" ".join(key) for key in found}
    unused = (tables["packages"].keys() | tables["versions"].keys() | sources.keys()) - keys
    if unused:
        raise SupplyChainError(f"{TABLES.name} names {min(unused)}, which no lock pins; remove it.")
    return found


def _install(layer: list[Pin], folder: Path, platform: str, python: str) -> None:
    options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    machine = ["--python-platform", platform, "--python-version", python]
    done = subprocess.run(
        ["uv", "pip", "install", *options, *machine, "--target", folder, "-r", "-"],
        input=requirement_lines(layer),
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise SupplyChainError(
            f"The packages could not be installed to read their licences: {done.stderr.strip()}"
        )


def spdx(distribution: Distribution, tables: dict[str, Any]) -> str:
    """The licence as an SPDX expression, from our tables, else from the package's own statements.

    Raises:
        SupplyChainError: none of its statements is exact; read its licence file.
    """
    name = canonicalize_name(distribution.name)
    metadata = distribution.metadata.json
    text = " ".join(str(metadata.get("license", "")).split())
    classifiers = [
        value.rpartition(" :: ")[2]
        for value in metadata.get("classifier", ())
        if value.startswith("License :: ") and not value.endswith(":: OSI Approved")
    ]
    named = {tables["classifiers"].get(classifier, "") for classifier in classifiers}
    candidates = (
        tables["packages"].get(name, ""),
        tables["versions"].get(f"{name} {distribution.version}", ""),
        str(metadata.get("license_expression", "")),
        tables["texts"].get(text, text),
        named.pop() if len(named) == 1 else "",
    )
    for candidate in filter(None, candidates):
        try:
            return canonicalize_license_expression(candidate)
        except InvalidLicenseExpression:
            continue
    said = re.sub(r"(.{60}).+", r"\1…", text) or "nothing"
    raise SupplyChainError(
        f"{name} {distribution.version} does not name its licence exactly (it says: {said}; "
        f"{', '.join(classifiers) or 'no classifier'}); read its licence file and add it to "
        f"supply_chain/{TABLES.name}."
    )


def permitted() -> set[str]:
    """The SPDX identifiers that a package may be under."""
    return set(tomllib.loads(TABLES.read_text(encoding="utf-8"))["allowed"])
