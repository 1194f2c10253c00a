"""The lines to copy do what the page did: a shell reads the same record out of them."""

from __future__ import annotations

import dataclasses
import os
import shlex
import subprocess

from hypothesis import given
from hypothesis import strategies as st

from console.words.command_lines import Invocation
from console.words.shown import printable

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: printable(text) == text
)
HOSTILE = '\'; touch /tmp/x; $(id) `id` "$HOME" !! \\ @/etc/passwd file:///etc/passwd'
REQUEST = Invocation(
    endpoint="a-dev",
    region="eu-west-1",
    address="https://runtime.sagemaker.eu-west-1.amazonaws.com",
    service="sagemaker",
    content_type="text/csv",
    accept="application/json",
    body="1,2",
)


def _of(body: str) -> Invocation:
    return dataclasses.replace(REQUEST, body=body)


@given(
    body=WORDS | st.sampled_from([HOSTILE, "-1,2", "@x", "%s", '"a\nb",2', "file:///etc/passwd"])
)
def test_a_shell_reads_the_same_record_out_of_each_line(body: str) -> None:
    request = _of(body)
    words = shlex.split(request.aws)
    assert words[:4] == ["printf", "%s", body, "|"]
    assert words[-3:] == ["--body", "fileb:///dev/stdin", "/dev/stdout"]
    assert words[words.index("--endpoint-url") + 1] == request.address
    words = shlex.split(request.curl)
    assert words[words.index("--data-raw") + 1] == body
    assert words[-1] == f"{request.address}/endpoints/a-dev/invocations"


def test_a_shell_does_nothing_else() -> None:
    done = subprocess.run(
        ["sh", "-c", _of(HOSTILE).aws.partition(" | ")[0]], capture_output=True, check=True
    )
    assert done.stdout.decode() == HOSTILE
    echoed = _of(HOSTILE).curl.replace("curl", "printf '%s\\n'", 1)
    environment = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": "key"}
    done = subprocess.run(["sh", "-c", echoed], capture_output=True, check=True, env=environment)
    assert HOSTILE in done.stdout.decode().splitlines()
    assert "key:" in done.stdout.decode().splitlines()


def test_credentials_are_variables() -> None:
    assert '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"' in REQUEST.curl
    assert '"x-amz-security-token: $AWS_SESSION_TOKEN"' in REQUEST.curl


def test_a_record_that_cannot_be_shown_has_no_lines() -> None:
    assert [tool for tool, _ in REQUEST.lines] == ["AWS CLI", "curl"]
    assert _of("1,\u202e2").lines == []
    assert _of("1,\x1b[2J").lines == []
