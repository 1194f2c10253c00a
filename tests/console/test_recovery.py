"""AWS, or the credentials for it, go while a page is open, and come back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from tests.console.aws_over_http import Aws, aws
from tests.console.made_up_answers import GROUP
from tests.console.running import KEYS, Running, environment, running

_ACCESS_KEY = KEYS["AWS_ACCESS_KEY_ID"]
_REFUSED = "is missing"
_GONE = "Could not connect to the endpoint URL"


class Stream:
    """What an open page of a project is sent."""

    def __init__(self, console: Running) -> None:
        address = f"{console.here}/live/projects/{GROUP}"
        self._lines = console.session.get(address, stream=True, timeout=60).iter_lines()
        self.panels: dict[str, str] = {}

    def until(self, is_so: Callable[[str], bool], panel: str = "versions") -> str:
        """Read on until a panel looks so; the tests' own limit ends it otherwise."""
        for name, html in self._sent():
            self.panels[name] = html
            if name == panel and is_so(html):
                return html
        raise AssertionError(self.panels.get(panel))

    def _sent(self) -> Iterator[tuple[str, str]]:
        for line in self._lines:
            if line.startswith(b"data: "):
                told = json.loads(line.removeprefix(b"data: "))
                yield told["name"], told["html"]


def test_a_page_says_that_aws_is_gone_and_goes_on_when_it_is_back() -> None:
    with ExitStack() as first, ExitStack() as stack:
        server = first.enter_context(aws())
        port = server.server_port
        console = stack.enter_context(_console(server))
        stream = Stream(console)
        stream.until(lambda html: _REFUSED in html)
        first.close()
        told = stream.until(lambda html: _GONE in html)
        assert told.count('class="gap"') == 1
        assert "<h1>made-up</h1>" in console.look(f"/projects/{GROUP}")
        stack.enter_context(aws(port))
        stream.until(lambda html: _REFUSED in html)


def _console(server: Aws) -> AbstractContextManager[Running]:
    return running(environment(**KEYS, AWS_ENDPOINT_URL=server.address))


def test_keys_of_the_environment_that_expire_need_a_new_start() -> None:
    with aws() as server, _console(server) as console:
        stream = Stream(console)
        stream.until(lambda html: _REFUSED in html)
        server.expired.add(_ACCESS_KEY)
        told = stream.until(lambda html: "expired" in html)
    assert "The AWS credentials of AWS_ACCESS_KEY_ID have expired" in told
    assert "start the console again" in told
    assert "goes on by itself" not in told


def test_a_profile_that_gets_new_credentials_goes_on_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    _write(file, "AKIDOLD")
    with aws() as server:
        settings = environment(
            AWS_SHARED_CREDENTIALS_FILE=str(file),
            AWS_PROFILE="me",
            AWS_ENDPOINT_URL=server.address,
        )
        with running(settings) as console:
            stream = Stream(console)
            stream.until(lambda html: _REFUSED in html)
            server.expired.add("AKIDOLD")
            told = stream.until(lambda html: "expired" in html)
            assert "sign in again, for example by `aws sso login`, and this page goes on" in told
            _write(file, "AKIDNEW")
            stream.until(lambda html: _REFUSED in html)
            assert ("sagemaker", "AKIDNEW") in server.asked


def _write(file: Path, key: str) -> None:
    file.write_text(f"[me]\naws_access_key_id = {key}\naws_secret_access_key = secret\n")


def test_a_silent_service_is_named_and_the_rest_stands() -> None:
    with aws() as server, _console(server) as console:
        server.silent.add("sagemaker")
        page = console.look(f"/projects/{GROUP}")
        assert "the right dynamodb:BatchGetItem is missing" in page
        stream = Stream(console)
        told = stream.until(lambda html: "No answer" in html)
    assert "No answer of SageMaker for 2 s; the rest of the page does not wait for it." in told
