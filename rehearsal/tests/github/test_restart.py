"""State that outlives a stop and a kill."""

from __future__ import annotations

import os
import signal
import time

import psutil

from rehearsal.tests.github.actions.test_secrets import seal
from rehearsal.tests.github.served_github import ServedGitHub

SECONDS = {f"{os.getpid()}1", f"{os.getpid()}2"}  # finds our sleepers among others
SLEEP = f"""on: push
permissions: {{}}
jobs:
  long:
    runs-on: ubuntu-24.04
    steps: [{{run: "setsid sleep {min(SECONDS)} & sleep {max(SECONDS)}"}}]
"""


def _sleepers() -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if command[:1] == ["sleep"] and command[1] in SECONDS:
            found.append(process)
    return found


def _until_sleeping() -> None:
    for _ in range(100):
        if len(_sleepers()) == 2:
            return
        time.sleep(0.05)
    raise AssertionError("the job did not start")


def test_kill_loses_nothing_and_interrupted_runs_say_so(own_github: ServedGitHub) -> None:
    github = own_github.start()
    id_ = github.create("kept")["id"]
    base = "/repos/octo/kept/actions"
    github.rest("PUT", f"{base}/secrets/KEY", seal(github, base, "v"))
    key = github.rest("GET", f"{base}/secrets/public-key").body
    issuer = f"{github.url}/_services/token/.well-known/jwks"
    keys = github.fetch(issuer).body
    sha = github.commit("octo/kept", {".github/workflows/work.yml": SLEEP})
    _until_sleeping()
    github.stop(signal.SIGKILL)
    assert _sleepers()
    left = github.state / "runners" / "1" / "kept" / "secrets.yml"
    assert left.exists()
    github.start()
    assert not left.exists()
    assert _sleepers() == []
    run = github.run("kept")
    assert (run["conclusion"], run["head_sha"]) == ("cancelled", sha)
    assert "The server stopped while this was running." in github.logs("kept")
    assert github.problems() == {"octo/kept": "The server stopped while this was running."}
    assert github.rest("GET", "/repos/octo/kept").body["id"] == id_
    assert github.rest("GET", f"{base}/secrets/public-key").body == key
    assert github.fetch(issuer).body == keys
    assert github.create("next")["id"] == id_ + 1
    assert github.stop() == 0


def test_stop_ends_every_process_of_a_job(own_github: ServedGitHub) -> None:
    github = own_github.start()
    github.workflow("ended", SLEEP)
    _until_sleeping()
    started = time.perf_counter()
    assert github.stop() == 0
    assert time.perf_counter() - started < 5
    assert _sleepers() == []
    assert list((github.state / "runners").glob("*/*")) == []
    assert "Traceback" not in (github.folder / "server.log").read_text()
    github.start()
    assert github.run("ended")["conclusion"] == "cancelled"
    assert github.stop() == 0
