"""The audit asks about every pin, fails on a known weakness, and says so when nobody answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from supply_chain.locks import PYTHON_LOCKS
from tests.advisory_services import AdvisoryServices

from .conftest import ROOT, Run, shorten_locks

pytestmark = pytest.mark.proof("release")
# For Windows only, so that a machine with Linux would pass over it.
WEAK_PYTHON = "pywin32"
WEAK_NODE = "aws-cdk"


@pytest.fixture
def services() -> Iterator[AdvisoryServices]:
    with AdvisoryServices().running() as server:
        yield server


def _every_pin() -> set[tuple[str, str]]:
    pins: set[tuple[str, str]] = set()
    for name in PYTHON_LOCKS:
        text = (ROOT / name).read_text(encoding="utf-8")
        pins.update(re.findall(r"^([a-z0-9][^ =]*)==(\S+)", text, re.MULTILINE))
    for lock in (ROOT / "package-lock.json", ROOT / "seed_code/deploy_app/package-lock.json"):
        packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        pins.update((n.partition("/")[2], p["version"]) for n, p in packages.items() if n)
    return pins


def test_every_pin_is_asked_about_and_nothing_known_is_success(
    services: AdvisoryServices, run: Run
) -> None:
    done = run("audit", offline=False, **services.environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "No known weakness in what the locks pin.\n"
    assert set(services.asked) == _every_pin()
    python = [pin for pin in services.asked if pin[0] != WEAK_NODE and "/" not in pin[0]]
    assert len(python) == len(set(python)), "nothing is asked twice"


def test_a_weakness_fails_and_names_package_advisory_remedy_and_lock(
    services: AdvisoryServices, project: Path, run: Run
) -> None:
    shorten_locks(project)
    services.weak = {WEAK_PYTHON, WEAK_NODE}
    done = run("audit", offline=False, **services.environment)
    assert (done.returncode, done.stdout) == (1, "")
    python, *node, remedy = done.stderr.splitlines()
    assert re.fullmatch(
        r"error: pywin32 \d+: PYSEC-2026-1, fixed in 999; "
        r"pinned in requirements-checkov.txt, seed_code/build_app/requirements.txt",
        python,
    )
    assert [line.split("; pinned in ")[1] for line in node] == [
        "package-lock.json",
        "seed_code/deploy_app/package-lock.json",
    ]
    assert all(": GHSA-aaaa-bbbb-cccc, " in line for line in node)
    assert "`make lock`" in remedy


def test_an_accepted_weakness_is_told_and_does_not_fail(
    services: AdvisoryServices, project: Path, run: Run
) -> None:
    accepted = project / "supply_chain" / "accepted_advisories.toml"
    accepted.write_text('[accepted]\n"CVE-2026-1" = "not reached"\n', encoding="utf-8")
    shorten_locks(project)
    services.weak = {WEAK_PYTHON}
    done = run("audit", offline=False, **services.environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("accepted: pywin32 ")
    services.weak = set()
    done = run("audit", offline=False, **services.environment)
    assert done.returncode == 1
    assert "accepts CVE-2026-1, which nothing has; remove it." in done.stderr


@pytest.fixture
def broken() -> Iterator[AdvisoryServices]:
    server = AdvisoryServices()
    server.status = 500
    with server.running():
        yield server


@pytest.mark.parametrize("how", ["unreachable", "broken"])
@pytest.mark.parametrize(
    ("variable", "name"), [("PIP_AUDIT_OSV_URL", "OSV"), ("NPM_CONFIG_REGISTRY", "npm")]
)
def test_a_service_that_does_not_answer_is_named_in_one_sentence(
    services: AdvisoryServices,
    broken: AdvisoryServices,
    project: Path,
    run: Run,
    variable: str,
    name: str,
    how: str,
) -> None:
    shorten_locks(project)
    elsewhere = {"unreachable": "http://127.0.0.1:9/", "broken": broken.environment[variable]}
    environment = {**services.environment, variable: elsewhere[how]}
    done = run("audit", offline=False, **environment, NPM_CONFIG_FETCH_RETRIES="0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(
        f"error: The advisory service of {name} gave no answer, so nothing was audited; "
        "run `make audit` where it can be reached ("
    )
