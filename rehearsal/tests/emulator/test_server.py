"""Starting, stopping and killing the server."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from rehearsal.aws.emulator.environment import ROOT_SECRET_VARIABLE
from rehearsal.tests.emulator.local_aws import (
    IMAGES,
    ROOT,
    ROOT_SECRET,
    LocalAws,
    allow,
    trust,
    wait_for,
)

PROMISED_SECONDS = 3.0
KEPT = 10


def test_a_stop_and_a_kill_lose_nothing_that_was_saved(tmp_path: Path) -> None:
    server = LocalAws(tmp_path / "state").start()
    server.client("s3").create_bucket(
        Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    server.client("s3").put_object(Bucket="kept", Key="a", Body=b"1")
    user = server.user("ann", allow("sts:AssumeRole"))
    worker = server.role("worker", trust({"AWS": "111122223333"}), allow("s3:*"))
    session = server.assume(worker, user)
    assert server.stop() == 0

    again = LocalAws(tmp_path / "state", server.port).start()
    assert again.client("s3", session).get_object(Bucket="kept", Key="a")["Body"].read() == b"1"
    again.client("ssm").put_parameter(Name="/late", Value="x", Type="String")
    wait_for(lambda: "/late" in again.saved("ssm"), what="the periodic save")
    again.stop(signal.SIGKILL)

    last = LocalAws(tmp_path / "state", server.port).start()
    assert last.client("ssm").get_parameter(Name="/late")["Parameter"]["Value"] == "x"
    assert last.stop() == 0


def test_a_kill_at_any_moment_loses_three_seconds_at_most(tmp_path: Path) -> None:
    """What is changed is new, fetched by its key, found on a way through, or added to."""
    server = LocalAws(tmp_path / "state").start()
    ssm, secrets, logs = (server.client(name) for name in ("ssm", "secretsmanager", "logs"))
    secret = secrets.create_secret(Name="often", SecretString="0")["ARN"]
    logs.create_log_group(logGroupName="all")
    stream = {"logGroupName": "all", "logStreamName": "one"}
    logs.create_log_stream(**stream)
    ends, done = time.monotonic() + random.uniform(4.0, 7.0), []
    while time.monotonic() < ends:
        number = str(len(done))
        ssm.put_parameter(Name=f"/new/{number}", Value=number, Type="String")
        ssm.put_parameter(Name="/same", Value=number, Type="String", Overwrite=True)
        ssm.delete_parameters(Names=[f"/new/{len(done) - KEPT}"])
        secrets.put_secret_value(SecretId=secret[:-7], SecretString=number)
        event = {"timestamp": int(time.time() * 1000), "message": number}
        logs.put_log_events(**stream, logEvents=[event])
        done.append(time.monotonic())
    safe = sum(moment < time.monotonic() - PROMISED_SECONDS for moment in done)
    server.stop(signal.SIGKILL)

    again = LocalAws(tmp_path / "state", server.port).start()
    ssm, secrets, logs = (again.client(name) for name in ("ssm", "secretsmanager", "logs"))
    last = int(ssm.get_parameter(Name="/same")["Parameter"]["Value"])
    assert last >= safe - 1
    assert int(secrets.get_secret_value(SecretId=secret)["SecretString"]) >= safe - 1
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/new")
    kept = {int(parameter["Value"]) for page in pages for parameter in page["Parameters"]}
    assert kept >= set(range(max(last - KEPT + 2, 0), safe))
    assert min(kept) >= safe - KEPT
    found = logs.get_log_events(**stream, startFromHead=True)["events"]
    assert [event["message"] for event in found] == [str(number) for number in range(len(found))]
    assert len(found) >= safe
    assert again.stop() == 0


def test_it_starts_within_seconds(tmp_path: Path) -> None:
    began = time.monotonic()
    server = LocalAws(tmp_path / "state").start()
    seconds = time.monotonic() - began
    server.stop()
    assert seconds < 8  # about 1 s on an idle machine


def test_a_page_of_another_site_is_refused(aws: LocalAws) -> None:
    url = f"{aws.url}/_rehearsal/health"
    assert requests.get(url, timeout=10).status_code == 200
    for header in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        assert requests.get(url, headers=header, timeout=10).status_code == 403


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = _run("--state-dir", str(tmp_path), "--port", port, "--images", str(IMAGES))
    assert done.returncode == 2
    assert f"Port {port} cannot be opened" in done.stderr
    assert "choose another with --port" in done.stderr


def test_missing_runtimes_are_one_sentence(tmp_path: Path) -> None:
    done = _run("--state-dir", str(tmp_path), "--port", "1", "--images", str(tmp_path))
    assert done.returncode == 2
    assert "make setup" in done.stderr


def test_an_account_must_have_twelve_digits(tmp_path: Path) -> None:
    arguments = ("--state-dir", str(tmp_path), "--port", "1", "--images", str(IMAGES))
    done = _run(*arguments, "--account", "12")
    assert done.returncode == 2
    assert "give twelve digits" in done.stderr
    done = _run(*arguments, "--account", "111122223333", "--account", "111122223333")
    assert done.returncode == 2
    assert "name each once" in done.stderr


def test_a_server_without_a_secret_for_root_does_not_start(tmp_path: Path) -> None:
    arguments = ("--state-dir", str(tmp_path), "--port", "1", "--images", str(IMAGES))
    done = _run(*arguments, root_secret="")
    assert done.returncode == 2
    assert ROOT_SECRET_VARIABLE in done.stderr


def test_it_listens_on_the_loopback_interface_only(aws: LocalAws) -> None:
    with socket.socket() as other, pytest.raises(OSError, match="refused"):
        other.connect(("127.0.0.2", aws.port))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/lambda-code/anything"),
        ("GET", "/_ministack/health"),
        ("POST", "/_localstack/state/reset"),
    ],
)
def test_what_aws_does_not_have_answers_nobody(aws: LocalAws, method: str, path: str) -> None:
    answer = requests.request(method, f"{aws.url}{path}", json={}, timeout=10)
    assert answer.status_code == 404
    assert answer.text == "AWS has no such address.\n"


def _run(*arguments: str, root_secret: str = ROOT_SECRET) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rehearsal.aws", *arguments]
    env = {**os.environ, ROOT_SECRET_VARIABLE: root_secret}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=20)
