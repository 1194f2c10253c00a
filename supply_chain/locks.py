"""Reads the lock files of Python and of Node."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from supply_chain.errors import SupplyChainError

# Each lock with those who install from it, as docs/licences.md calls them.
PYTHON_LOCKS = {
    "requirements.txt": "registration",
    "requirements-setup.txt": "rehearsal",
    "requirements-dev.txt": "tests",
    "requirements-checkov.txt": "tests",
    "requirements-release.txt": "release",
    "rehearsal/requirements.txt": "rehearsal",
    "rehearsal/containers/lambda_python/requirements.txt": "rehearsal",
    "rehearsal/containers/scikit_learn/requirements.txt": "rehearsal",
    "rehearsal/containers/xgboost/requirements.txt": "rehearsal",
    "rehearsal/tests/containers/toolkits/requirements.txt": "tests",
    "seed_code/build_app/requirements.txt": "build repository",
    "seed_code/build_app/requirements-test.txt": "build repository",
    "seed_code/deploy_app/requirements.txt": "deploy repository",
}
NODE_LOCKS = {
    "package-lock.json": "registration",
    "seed_code/deploy_app/package-lock.json": "deploy repository",
}


@dataclass(frozen=True, slots=True)
class Pin:
    """A package in one version.

    ``hashes`` are those that the installer accepts, in hexadecimal: SHA-256 of each file of a
    Python package, SHA-512 of a Node package. ``licence`` is known from Node's locks only.
    """

    ecosystem: str
    name: str
    version: str
    hashes: tuple[str, ...]
    marker: Marker | None = None
    development: bool = False
    licence: str = ""


def read_python_lock(path: Path) -> list[Pin]:
    """The pins of a requirements file as ``make lock`` writes it.

    Raises:
        SupplyChainError: a line is no pin with hashes; lock again.
    """
    lines = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [_python_pin(path, line) for line in lines if line.strip() and line[0] != "#"]


def _python_pin(path: Path, line: str) -> Pin:
    text, *hashes = re.split(r"\s+--hash=sha256:", line.strip())
    requirement = Requirement(text)
    version = str(requirement.specifier)
    if not version.startswith("==") or not hashes:
        raise SupplyChainError(f"{path.name} does not pin {text} with hashes; run `make lock`.")
    return Pin(
        ecosystem="pypi",
        name=canonicalize_name(requirement.name),
        version=version.removeprefix("=="),
        hashes=tuple(hashes),
        marker=requirement.marker,
    )


def read_node_lock(path: Path) -> list[Pin]:
    """The packages of a ``package-lock.json``."""
    packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return [
        Pin(
            ecosystem="npm",
            name=place.rpartition("node_modules/")[2],
            version=package["version"],
            hashes=(base64.b64decode(package["integrity"].removeprefix("sha512-")).hex(),),
            development=package.get("dev", False),
            licence=package.get("license", ""),
        )
        for place, package in packages.items()
        if place
    ]


def read_all(root: Path) -> Iterator[tuple[Pin, str]]:
    """Each pin of each lock, with those who install it."""
    for lock, users in PYTHON_LOCKS.items():
        for pin in read_python_lock(root / lock):
            yield pin, users
    for lock, users in NODE_LOCKS.items():
        for pin in read_node_lock(root / lock):
            yield pin, "tests" if pin.development else users


def layers(pins: Iterable[Pin]) -> list[list[Pin]]:
    """Divide pins so that no layer holds a package twice: installers and pip-audit refuse that."""
    divided: list[dict[str, Pin]] = []
    for pin in {(pin.name, pin.version): pin for pin in pins}.values():
        free = next((layer for layer in divided if pin.name not in layer), None)
        if free is None:
            free = {}
            divided.append(free)
        free[pin.name] = pin
    return [list(layer.values()) for layer in divided]


def requirement_lines(pins: Iterable[Pin]) -> str:
    """A requirements file of these pins, whatever platform they are for."""
    return "".join(
        f"{pin.name}=={pin.version}" + "".join(f" --hash=sha256:{one}" for one in pin.hashes) + "\n"
        for pin in pins
    )
