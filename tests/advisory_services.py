"""Stands in for the advisory services of OSV and npm."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class AdvisoryServices(ThreadingHTTPServer):
    """OSV's query and npm's bulk query; keeps what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.weak: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.status = 200

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serve until the end of the block."""
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()
            thread.join()

    @property
    def environment(self) -> dict[str, str]:
        """What points pip-audit and npm here."""
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
