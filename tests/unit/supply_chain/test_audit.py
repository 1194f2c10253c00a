"""The audit asks about every pin, fails on a known weakness, and says so when nobody answers."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, Run, shorten_locks

# For Windows only, so that a machine with Linux would pass over it.
WEAK_PYTHON = "pywin32"
WEAK_NODE = "aws-cdk"


class AdvisoryServices(ThreadingHTTPServer):
    """OSV's query and npm's bulk query; keeps what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.weak: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.status = 200

    @property
    def environment(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self.server_port}"
        return {"PIP_AUDIT_OSV_URL": f"{url}/v1/query", "NPM_CONFIG_REGISTRY": url}


class _Handler(BaseHTTPRequestHandler):
    server: AdvisoryServices

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        query = json.loads(body)
        self._answer(self._osv(query) if self.path == "/v1/query" else self._npm(query))

    def do_GET(self) -> None:
        self._answer({}, 404)

    def _osv(self, query: dict[str, Any]) -> dict[str, Any]:
        name = query["package"]["name"]
        self.server.asked.append((name, query["version"]))
        if name not in self.server.weak:
            return {}
        events = [{"introduced": "0"}, {"fixed": "999"}]
        affected = {
            "package": {"name": name, "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": events}],
        }
        return {
            "vulns": [
                {
                    "id": "PYSEC-2026-1",
                    "aliases": ["CVE-2026-1"],
                    "summary": "Weak",
                    "affected": [affected],
                }
            ]
        }

    def _npm(self, query: dict[str, list[str]]) -> dict[str, Any]:
        self.server.asked += [(name, version) for name in query for version in query[name]]
        advisory = {
            "id": 1,
            "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
            "title": "Weak",
            "severity": "high",
            "vulnerable_versions": "<999",
            "cwe": [],
            "cvss": {"score": 0, "vectorString": None},
        }
        return {name: [advisory] for name in query if name in self.server.weak}

    def _answer(self, document: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(document).encode()
        self.send_response(status if self.server.status == 200 else self.server.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def services() -> Iterator[AdvisoryServices]:
    server = AdvisoryServices()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _every_pin() -> set[tuple[str, str]]:
    pins: set[tuple[str, str]] = set()
    for pattern in ("requirements*.txt", "seed_code/*/requirements*.txt"):
        for lock in [*ROOT.glob(pattern), *ROOT.glob(f"rehearsal/containers/*/{pattern}")]:
            text = lock.read_text(encoding="utf-8")
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


@pytest.mark.parametrize("failing", ["osv", "npm", "osv-500", "npm-500"])
def test_a_service_that_does_not_answer_is_named_in_one_sentence(
    services: AdvisoryServices, project: Path, run: Run, failing: str
) -> None:
    shorten_locks(project)
    environment = services.environment
    variable, name = {
        "osv": ("PIP_AUDIT_OSV_URL", "OSV"),
        "npm": ("NPM_CONFIG_REGISTRY", "npm"),
    }[failing.partition("-")[0]]
    if failing.endswith("500"):
        broken = AdvisoryServices()
        broken.status = 500
        threading.Thread(target=broken.serve_forever, daemon=True).start()
        environment[variable] = broken.environment[variable]
    else:
        environment[variable] = "http://127.0.0.1:9/"
    retries = {"NPM_CONFIG_FETCH_RETRIES": "0"}
    done = run("audit", offline=False, **environment, **retries)
    if failing.endswith("500"):
        broken.shutdown()
        broken.server_close()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(
        f"error: The advisory service of {name} gave no answer, so nothing was audited; "
        "run `make audit` where it can be reached ("
    )
