"""The command that a newcomer types, and what it leaves in a clone."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import requests

from rehearsal.conductor.recording.recorded_play import MOST_BYTES, secrets_of
from rehearsal.conductor.world import World
from rehearsal.laboratory.trials.logged_secrets import find_secrets, read_files

HTML = "text/html; charset=utf-8"
SECONDS = 1200  # a play of three stages takes a few minutes; a machine may be slow or busy
ACTS = ("set-up", "register", "launch", "build", "approve", "predict", "clean-up")


def rehearse(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "rehearsal", *arguments],
        cwd=clone,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def read_report(clone: Path) -> dict[str, Any]:
    """What the last play wrote down."""
    return dict(json.loads((clone / ".rehearsal" / "report.json").read_text(encoding="utf-8")))


def processes_of(clone: Path) -> list[str]:
    """Command lines of the processes that have the clone's state in their arguments."""
    return [
        " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline"])
        if any(str(clone / ".rehearsal") in part for part in process.info["cmdline"] or ())
    ]


def check_whole_lifecycle(
    clone: Path, done: subprocess.CompletedProcess[str], acts: Sequence[str] = ACTS
) -> dict[str, Any]:
    """Look whether a play came to its end and left what was chosen; return its facts."""
    assert done.returncode == 0, done.stdout + done.stderr
    report = read_report(clone)
    assert report["outcome"] == "succeeded"
    assert [act["name"] for act in report["acts"]] == list(acts)
    facts = dict(report["facts"])
    typed = [line.removesuffix(" ARGS=--yes") for line in facts["typed"]]
    # A company also stores a credential, and registers in a second region.
    first, last = ["make doctor", "make register"], ["make unregister"]
    assert (typed[:2], typed[-1:]) == (first, last)
    assert "company" in acts or len(typed) == 3
    assert set(facts["launch"]["commits"].values()) == {1}
    assert facts["endpoint_mse"] <= 6.0
    assert len(facts["predictions"]) == 5
    own_accounts = {"OpenID Connect provider"} if "accounts" in acts else set()
    assert {remain["kind"] for remain in facts["remains"]} == own_accounts | {
        "repository",
        "bucket",
        "key",
        "model package group",
        "log group",
        "table",
    }
    assert all(remain["chosen"] for remain in facts["remains"])
    assert processes_of(clone) == []
    return facts


def check_links_open(clone: Path, said: str) -> set[str]:
    """Open every address of the local GitHub that a play printed to be looked at."""
    world = json.loads((clone / ".rehearsal" / "world.json").read_text(encoding="utf-8"))
    github = f"http://127.0.0.1:{world['github_port']}"
    for_people = said.split("To reach them:")[0]  # then come addresses for git and curl
    links = set(re.findall(rf"{github}[^\s()]*", for_people))
    for link in links:
        page = requests.get(link, timeout=30)
        assert (page.status_code, page.headers["content-type"]) == (200, HTML), link
        names = link.removeprefix(github).strip("/").split("/")
        assert all(name in page.text for name in names if name not in ("actions", "runs")), link
    return links


def check_no_secret_is_logged(clone: Path) -> None:
    """Look for the world's tokens in everything that was logged or reported."""
    state = clone / ".rehearsal"
    tokens = json.loads((state / "world.json").read_text(encoding="utf-8"))["tokens"].values()
    texts = read_files(
        state,
        *("logs/*.log", "github/logs/*.txt", "aws/sagemaker/logs/**/*"),
        *("aws/services/cloudwatch_logs.json", "report.json"),
    )
    assert len(texts) > 8
    assert find_secrets(texts, tokens) == []


def check_recording(clone: Path, file: Path) -> None:
    """Look whether a recording shows the whole play, and neither a secret nor this machine.

    The console of the play must still run: its credentials are looked for, too.
    """
    text = file.read_text(encoding="utf-8")
    assert file.stat().st_size < MOST_BYTES
    (data,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.S)
    recorded = json.loads(data)
    assert len(recorded["acts"]) == len(ACTS)
    titles = {page["title"] for page in recorded["pages"]}
    assert titles >= {"Projects", "abalone-rings", "Stage dev", "Version 1", "Train", "Events"}
    world = World.open(clone)
    (console,) = [server.find() for server in world.record.servers if server.name == "console"]
    assert console is not None
    own = console.environ()["AWS_SECRET_ACCESS_KEY"]
    assert find_secrets({file.name: text}, [own, *secrets_of(world)]) == []
    assert str(clone) not in text
    assert 'name="csrf"' not in text
