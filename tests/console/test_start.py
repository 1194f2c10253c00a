"""What keeps the console from starting is one sentence, and exit code 1."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.console.aws_over_http import aws
from tests.console.running import KEYS, attempt, environment

_NOWHERE = "http://127.0.0.1:9"


def _sentence(settings: dict[str, str], *words: str) -> str:
    done = attempt(settings, *words)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_without_credentials() -> None:
    assert "Unable to locate credentials" in _sentence(environment())


def test_without_a_region() -> None:
    settings = {**environment(**KEYS), "AWS_REGION": ""}
    assert "No region is set; set AWS_REGION" in _sentence(settings)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"AWS_PROFILE": "nobody"}, "The config profile (nobody) could not be found"),
        ({"AWS_ENDPOINT_URL": _NOWHERE}, f'Could not connect to the endpoint URL: "{_NOWHERE}/"'),
        ({"AWS_ENDPOINT_URL": "nonsense"}, "AWS_ENDPOINT_URL is no address (nonsense)"),
        ({"AWS_REGION": "eu west 1"}, "'eu west 1' doesn't match a supported format"),
        ({"CONSOLE_TOKEN": "short"}, "CONSOLE_TOKEN is too short; give 20 characters"),
        ({"GITHUB_SERVER_URL": "nonsense"}, "must be the address of GitHub"),
    ],
)
def test_with_a_setting_that_is_wrong(setting: dict[str, str], words: str) -> None:
    assert words in _sentence({**environment(**KEYS), **setting})


def test_with_a_file_that_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "config"
    broken.write_text("[profile me]\nthis is nothing\n")
    settings = environment(**KEYS, AWS_CONFIG_FILE=str(broken), AWS_PROFILE="me")
    assert "Unable to parse config file" in _sentence(settings)


def test_with_credentials_that_have_expired() -> None:
    with aws() as server:
        server.expired.add(KEYS["AWS_ACCESS_KEY_ID"])
        told = _sentence(environment(**KEYS, AWS_ENDPOINT_URL=server.address))
    assert "ExpiredToken: The security token included in the request is expired" in told


def test_with_a_port_that_is_taken() -> None:
    with aws() as server, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        settings = environment(**KEYS, AWS_ENDPOINT_URL=server.address)
        told = _sentence(settings, "--port", port)
    assert f"Port {port} is taken" in told
    assert "give another with --port, or none" in told


@pytest.mark.parametrize("name", ["AWS_SESSION_TOKEN", "AWS_SECRET_ACCESS_KEY"])
def test_a_credential_that_http_cannot_write_is_not_printed(name: str) -> None:
    """Somebody pasted it with the end of its line; Python quotes such a header."""
    secret = "Recognisable\nPasted"
    with aws() as server:
        settings = environment(**KEYS, AWS_ENDPOINT_URL=server.address)
        done = attempt({**settings, name: secret}, "--policy")
    assert "Recognisable" not in done.stdout + done.stderr
    settings = {**environment(**KEYS), "AWS_ENDPOINT_URL": _NOWHERE, name: secret}
    told = attempt(settings)
    assert told.returncode == 1
    assert "Recognisable" not in told.stdout + told.stderr
    assert os.linesep.join(told.stderr.splitlines()) == told.stderr.strip()
