"""No credential is on a page, in a stream, in an error or in what the console prints."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

from tests.console.aws_over_http import aws
from tests.console.examples import PAGES
from tests.console.made_up_answers import ID
from tests.console.running import Running, environment, running
from tests.loopback import Answering, address_of, serving

_SECRETS = {
    "CONSOLE_TOKEN": "RecognisableTokenOfTheConsole",
    "AWS_ACCESS_KEY_ID": "RecognisableAccessKey",
    "AWS_SECRET_ACCESS_KEY": "RecognisableSecretKey",
    "AWS_SESSION_TOKEN": "RecognisableSessionToken",
    "GH_TOKEN": "ghp_RecognisableTokenOfGitHub0123456789",
}
_PROJECT = {
    "ProjectId": ID,
    "ProjectStatus": "CreateCompleted",
    "CreationTime": 1.0,
    "ServiceCatalogProvisioningDetails": {
        "ProvisioningParameters": [{"Key": "GithubUserName", "Value": "octo"}]
    },
}
_ODD = ("/nothing", "/projects/none", "/static/nothing", "/?token=wrong", "/live/nothing")


class _Repeats(Answering):
    """A GitHub that says in its refusal with which token it was asked."""

    def answer(self) -> None:
        message = f"Bad credentials: {self.headers['Authorization']}"
        self.say(401, json.dumps({"message": message, "errors": [message]}).encode())


def test_no_credential_is_shown_or_printed() -> None:
    repeats = ThreadingHTTPServer(("127.0.0.1", 0), _Repeats)
    with aws() as server, serving(repeats) as github:
        settings = environment(
            **_SECRETS,
            AWS_ENDPOINT_URL=server.address,
            GITHUB_SERVER_URL=address_of(github),
            PYTHONDEVMODE="1",
        )
        server.answers["DescribeProject"] = _PROJECT
        with running(settings) as console:
            seen = "".join(_everything(console))
            server.expired.add(_SECRETS["AWS_ACCESS_KEY_ID"])
            seen += "".join(_everything(console))
            secrets = {**_SECRETS, "cookie": next(iter(console.session.cookies)).value or ""}
            _, errors = console.end(signal.SIGTERM, 10)
            printed = console.printed.decode() + errors
    assert "GitHub answered 401 Bad credentials" in seen
    assert {name for name, secret in secrets.items() if secret in seen + printed} == set()
    assert console.printed.decode().splitlines()[1] == f"{console.here}/"


def _everything(console: Running) -> Iterator[str]:
    for path in (*PAGES, *_ODD):
        answer = console.session.get(f"{console.here}{path}", timeout=60)
        yield f"{answer.headers} {answer.text}"
        refused = console.session.post(f"{console.here}{path}", timeout=60)
        yield f"{refused.headers} {refused.text}"
    for path in PAGES:
        with console.session.get(f"{console.here}/live{path}", stream=True, timeout=60) as stream:
            parts = stream.iter_content(None)
            yield (next(parts) + next(parts)).decode()


def test_the_address_with_a_token_is_told_only_if_the_console_made_it() -> None:
    with aws() as server:
        keys = {name: text for name, text in _SECRETS.items() if name.startswith("AWS_")}
        with running(environment(**keys, AWS_ENDPOINT_URL=server.address)) as console:
            assert b"/?token=" in console.printed
