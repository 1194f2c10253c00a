"""Starts a server, puts requests to it and prints the answers: `python ask.py PORT ASKED COMMAND…`.

In a network namespace of its own, since AWS's toolkit listens on every interface.
"""

from __future__ import annotations

import base64
import http.client
import json
import subprocess
import sys
import time

START_SECONDS = 60


def _answer(port: int, request: dict[str, str]) -> list[object]:
    headers = {name: request[name] for name in ("Content-Type", "Accept") if name in request}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = base64.b64decode(request["body"])
    connection.request("POST", "/invocations", body, headers)
    response = connection.getresponse()
    content = base64.b64encode(response.read()).decode()
    return [response.status, response.headers.get_content_type(), content]


def _is_healthy(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    except OSError:
        return False


def main() -> None:
    port = int(sys.argv[1])
    server = subprocess.Popen(sys.argv[3:], stdout=sys.stderr)
    try:
        until = time.monotonic() + START_SECONDS
        while not _is_healthy(port) and time.monotonic() < until and server.poll() is None:
            time.sleep(0.1)
        sys.stdout.write(json.dumps([_answer(port, one) for one in json.loads(sys.argv[2])]))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
