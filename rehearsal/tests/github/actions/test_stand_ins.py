"""The stand-ins of marketplace actions, run by the runner."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import jwt
import pytest
import yaml

from rehearsal.tests.github.served_github import ROOT, ServedGitHub

CHECKOUT = "actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8"
AWS = "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c"
UV = "astral-sh/setup-uv@20cfd1bf945f4377ade1205e4dbc17946fc9a30d"
NODE = "actions/setup-node@249970729cb0ef3589644e2896645e5dc5ba9c38"
ROLE = "arn:aws:iam::111122223333:role/deploy"
RESULT = """<R><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAFAKEKEY</AccessKeyId>
<SecretAccessKey>sec&amp;ret/key</SecretAccessKey><SessionToken>session+token</SessionToken>
<Expiration>2026-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser>
<Arn>arn:aws:sts::111122223333:assumed-role/deploy/s</Arn>
<AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser></AssumeRoleWithWebIdentityResult></R>"""
REFUSAL = """<E><Error><Code>AccessDenied</Code>
<Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message></Error></E>"""


class _Sts(BaseHTTPRequestHandler):
    """Answers as STS does; keeps the requests."""

    requests: list[dict[str, str]]

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
        self.requests.append(form)
        allowed = form["RoleArn"] == ROLE
        body = (RESULT if allowed else REFUSAL).encode()
        self.send_response(200 if allowed else 403)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def sts() -> Iterator[HTTPServer]:
    _Sts.requests = []
    server = HTTPServer(("127.0.0.1", 0), _Sts)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def _workflow(steps: str, permissions: str = "{contents: read, id-token: write}") -> str:
    lines = "".join(f"      {line}\n" for line in steps.strip("\n").split("\n"))
    return (
        f"on: push\npermissions: {permissions}\njobs:\n  only:\n    runs-on: ubuntu-24.04\n"
        f"    steps:\n{lines}"
    )


def _play(github: ServedGitHub, name: str, text: str) -> tuple[str, str]:
    github.workflow(name, text)
    run = github.run(name)
    return run["conclusion"], github.logs(name)


def _configure(sts: HTTPServer, role: str = ROLE, extra: str = "") -> str:
    return f"""
- uses: {AWS}
  env: {{AWS_ENDPOINT_URL: "http://127.0.0.1:{sts.server_port}"}}
  with: {{role-to-assume: "{role}", aws-region: eu-west-1, role-session-name: me{extra}}}
"""


def test_credentials_come_from_a_signed_token_and_are_masked(
    github: ServedGitHub, sts: HTTPServer
) -> None:
    check = """
- run: |
    test "$AWS_ACCESS_KEY_ID/$AWS_SECRET_ACCESS_KEY" = 'ASIAFAKEKEY/sec&ret/key'
    test "$AWS_SESSION_TOKEN/$AWS_REGION" = session+token/eu-west-1
    echo "key $AWS_SECRET_ACCESS_KEY"
"""
    conclusion, log = _play(github, "assume", _workflow(_configure(sts) + check.lstrip("\n")))
    assert conclusion == "success", log
    assert "sec&ret" not in log
    form = _Sts.requests[-1]
    assert (form["Action"], form["RoleSessionName"]) == ("AssumeRoleWithWebIdentity", "me")
    keys = jwt.PyJWKClient(f"{github.url}/_services/token/.well-known/jwks")
    key = keys.get_signing_key_from_jwt(form["WebIdentityToken"]).key
    claims = jwt.decode(
        form["WebIdentityToken"], key, algorithms=["RS256"], audience="sts.amazonaws.com"
    )
    assert claims["repository"] == "octo/assume"
    assert form["WebIdentityToken"] not in log


def test_refusals_are_clear(github: ServedGitHub, sts: HTTPServer) -> None:
    step = _configure(sts)
    cases = {
        "norole": (_configure(sts, ROLE + "x"), None, "Could not assume role with OIDC: Access"),
        "noright": (step, "{contents: read}", "Did you mean to set the `id-token` permission?"),
        "odd": (_configure(sts, extra=", role-chaining: true"), None, "not model `role-chaining`"),
    }
    for name, (steps, permissions, word) in cases.items():
        text = _workflow(steps, permissions) if permissions else _workflow(steps)
        conclusion, log = _play(github, f"refused-{name}", text)
        assert conclusion == "failure"
        assert word in log, log


def test_checkout_keeps_or_drops_credentials_and_takes_other_refs(github: ServedGitHub) -> None:
    steps = f"""
- uses: {CHECKOUT}
  with: {{fetch-depth: 0}}
- run: |
    test "$(git rev-list --count HEAD)" = 2
    git fetch -q origin && git config --get-regexp extraheader | wc -l | grep -q 1
- uses: {CHECKOUT}
  with: {{ref: main, path: beside, persist-credentials: false, surprise: 1}}
- run: |
    test -f beside/README.md && test "$(git -C beside branch --show-current)" = main
    ! GIT_TERMINAL_PROMPT=0 git -C beside fetch -q origin
"""
    conclusion, log = _play(github, "checked", _workflow(steps))
    assert conclusion == "success", log
    assert "##[warning]Unexpected input(s) 'surprise'" in log
    assert "Post Run actions/checkout" in log


def test_checkout_needs_the_contents_permission(github: ServedGitHub) -> None:
    conclusion, log = _play(github, "unreadable", _workflow(f"- uses: {CHECKOUT}", "{}"))
    assert conclusion == "failure"
    assert "403" in log


def test_tools_are_those_of_the_runner(github: ServedGitHub) -> None:
    steps = f"""
- uses: {UV}
  with: {{python-version: "3.99", enable-cache: true}}
- uses: {NODE}
  with: {{node-version: "1"}}
- run: uv venv -q .venv && .venv/bin/python --version && node --version
"""
    conclusion, log = _play(github, "tools", _workflow(steps))
    assert conclusion == "success", log
    assert "Python 3.99 is not on this machine; using the runner's Python 3." in log
    assert "Node.js 1 was asked for; using the runner's v" in log


def test_every_stand_in_has_a_readme_and_only_known_keys() -> None:
    manifests = sorted((ROOT / "rehearsal/github/marketplace").glob("*/*/action.yml"))
    assert len(manifests) == 4
    for manifest in manifests:
        content = yaml.safe_load(manifest.read_text(encoding="utf-8"))
        for spec in [*content["inputs"].values(), *content["outputs"].values()]:
            assert set(spec) <= {"description", "default", "required"}, (manifest, spec)
        assert "Does not model" in (manifest.parent / "README.md").read_text(encoding="utf-8")


def test_given_folder_replaces_the_stand_ins(own_github: ServedGitHub, tmp_path: Path) -> None:
    folder = tmp_path / "checkouts/who/what/below"
    folder.mkdir(parents=True)
    (folder / "action.yml").write_text(
        "name: x\nruns: {using: composite, steps: [{run: echo from the folder, shell: bash}]}\n"
    )
    conclusion, log = _play(own_github.start(), "own", _workflow("- uses: who/what/below@v1"))
    assert own_github.stop() == 0
    assert conclusion == "success", log
    assert "from the folder" in log
