"""Asks the advisory services whether a pinned version has a known weakness.

Python packages are looked up by pip-audit in OSV, Node packages by npm in its registry. Both are
pointed elsewhere by their own variables: PIP_AUDIT_OSV_URL and NPM_CONFIG_REGISTRY.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supply_chain.errors import SupplyChainError
from supply_chain.locks import NODE_LOCKS, PYTHON_LOCKS, layers, read_python_lock, requirement_lines

ACCEPTED = Path(__file__).with_name("accepted_advisories.toml")


@dataclass(frozen=True, slots=True)
class Finding:
    """A known weakness of a pinned version; ``ids`` begin with the service's own."""

    package: str
    version: str
    ids: tuple[str, ...]
    remedy: str
    locks: tuple[str, ...]

    def __str__(self) -> str:
        where = ", ".join(self.locks)
        return f"{self.package} {self.version}: {self.ids[0]}, {self.remedy}; pinned in {where}"


def audit(root: Path) -> tuple[list[Finding], list[Finding]]:
    """What is known of all locks: what must be remedied, and what was accepted with a reason.

    Raises:
        SupplyChainError: a service gave no answer, so that nothing is known.
    """
    accepted = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))["accepted"]
    found = [*_python_findings(root), *_node_findings(root)]
    met = {id_ for finding in found for id_ in finding.ids}
    unmet = accepted.keys() - met
    if unmet:
        raise SupplyChainError(
            f"{ACCEPTED.name} accepts {min(unmet)}, which nothing has; remove it."
        )
    excused = [finding for finding in found if accepted.keys() & set(finding.ids)]
    return [finding for finding in found if finding not in excused], excused


def _python_findings(root: Path) -> Iterator[Finding]:
    locks: dict[tuple[str, str], list[str]] = {}
    pins = []
    for lock in PYTHON_LOCKS:
        for pin in read_python_lock(root / lock):
            pins.append(pin)
            locks.setdefault((pin.name, pin.version), []).append(lock)
    for layer in layers(pins):
        for package in _ask_osv(requirement_lines(layer)):
            key = package["name"], package["version"]
            for weakness in package["vulns"]:
                fixed = ", ".join(weakness["fix_versions"])
                yield Finding(
                    *key,
                    ids=(weakness["id"], *weakness["aliases"]),
                    remedy=f"fixed in {fixed}" if fixed else "not fixed yet",
                    locks=tuple(dict.fromkeys(locks[key])),
                )


def _ask_osv(requirements: str) -> list[dict[str, Any]]:
    options = ["--vulnerability-service", "osv", "--require-hashes", "--disable-pip"]
    output = ["--format", "json", "--aliases", "on", "--progress-spinner", "off"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text(requirements, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *options, *output, "--requirement", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode == 0:
        return []
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except json.JSONDecodeError:
        said = done.stderr.strip().rpartition("\n")[2]
        raise _unanswered("OSV", said) from None
    return found


def _node_findings(root: Path) -> Iterator[Finding]:
    for lock in NODE_LOCKS:
        report = _ask_npm((root / lock).parent)
        packages = json.loads((root / lock).read_text(encoding="utf-8"))["packages"]
        for name, package in report["vulnerabilities"].items():
            version = packages[package["nodes"][0]]["version"]
            fix = package["fixAvailable"]
            for weakness in package["via"]:
                if isinstance(weakness, dict):  # a text names another package of this report
                    id_ = weakness["url"].rpartition("/")[2]
                    remedy = "a fix is available" if fix else "not fixed yet"
                    yield Finding(name, version, (id_,), remedy, (lock,))


def _ask_npm(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["npm", "audit", "--package-lock-only", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise _unanswered("npm", done.stderr.strip().rpartition("\n")[2]) from None
    if "vulnerabilities" not in report:
        raise _unanswered("npm", report.get("message", "no report"))
    return report


def _unanswered(service: str, said: str) -> SupplyChainError:
    return SupplyChainError(
        f"The advisory service of {service} gave no answer, so nothing was audited; run "
        f"`make audit` where it can be reached ({said})."
    )
