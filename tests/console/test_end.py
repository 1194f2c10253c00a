"""The console ends when it is told to, whatever it waits for and whoever waits for it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from tests.console.aws_over_http import Aws, aws
from tests.console.made_up_answers import GROUP
from tests.console.running import KEYS, Running, environment, running

_SECONDS = 3
_VERSION = f"/projects/{GROUP}/versions/3"
_CODES = {signal.SIGTERM: -signal.SIGTERM, signal.SIGINT: 130}
_SILENT = ("sagemaker", "dynamodb", "cloudformation", "logs", "cloudwatch")


@pytest.fixture
def server() -> Iterator[Aws]:
    with aws() as made:
        yield made


@pytest.fixture
def console(server: Aws) -> Iterator[Running]:
    with running(environment(**KEYS, AWS_ENDPOINT_URL=server.address)) as made:
        yield made


def _ends(console: Running, how: signal.Signals) -> None:
    code, errors = console.end(how, _SECONDS)
    assert (code, errors.strip()) == (_CODES[how], "")


@pytest.mark.parametrize("how", list(_CODES))
def test_with_an_open_stream(console: Running, how: signal.Signals) -> None:
    with console.session.get(f"{console.here}/live/", stream=True, timeout=60) as stream:
        parts = stream.iter_content(None)
        assert next(parts).startswith(b"retry:")
        _ends(console, how)
        # To its end, without being cut off in the middle of an event.
        assert b"".join(parts)[-2:] in (b"", b"\n\n")


@pytest.mark.parametrize("how", list(_CODES))
def test_with_questions_that_nobody_answers(
    console: Running, server: Aws, how: signal.Signals
) -> None:
    server.silent.update(_SILENT)
    assert "Version 3" in console.look(_VERSION)
    assert server.was_silent.acquire(timeout=60)
    _ends(console, how)


@pytest.mark.parametrize("how", list(_CODES))
def test_with_a_form_that_waits_for_aws(console: Running, server: Aws, how: signal.Signals) -> None:
    server.silent.update(_SILENT)
    told: list[str] = []

    def decide() -> None:
        headers = {"Origin": console.here}
        form = {"csrf": _csrf(console), "decision": "approve"}
        address = f"{console.here}{_VERSION}/decision"
        told.append(console.session.post(address, data=form, headers=headers, timeout=60).text)

    deciding = threading.Thread(target=decide)
    deciding.start()
    assert server.was_silent.acquire(timeout=60)
    _ends(console, how)
    deciding.join()
    assert "The console was ended before AWS had answered." in told[0]


def _csrf(console: Running) -> str:
    from console.serving.visitors import Keys

    port = int(console.here.rpartition(":")[2])
    cookie = console.session.cookies[Keys(port).cookie]
    return Keys(port, session=cookie).csrf
