"""A local GitHub in a process of its own, and clients for it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.conductor.waiting import look_until_found
from rehearsal.github.core.settings import CONTROL_TOKEN_VARIABLE
from rehearsal.tests.github.pushes import CONTENT_TYPE, make_commit, push_body
from tests.github_openapi import validate_exchange

ROOT = Path(__file__).resolve().parents[3]
FULL, NO_REPO, NO_WORKFLOW, NO_DELETE = "ghp_full", "ghp_none", "ghp_repo", "ghp_workflow"
CONTROL = "control"
EXPIRED, STRANGER = "ghp_expired", "ghp_stranger"
FINE_GRAINED = "github_pat_strict"
ACCOUNTS = {
    "users": [
        {"login": "octo", "id": 1001},
        {"login": "stranger", "id": 1002},
        {"login": "thrifty", "id": 1003, "plan": "free"},
    ],
    "organizations": [
        {"login": "acme", "id": 2001, "members": ["octo"]},
        {
            "login": "bigcorp",
            "id": 2002,
            "members": ["octo", "stranger", "thrifty"],
            "plan": "enterprise",
            "teams": [{"slug": "releasers", "id": 3001, "members": ["stranger"]}],
        },
        {"login": "guarded", "id": 2003, "members": ["octo"], "allowed_actions": ["actions/*"]},
        {"login": "strict", "id": 2005, "members": ["octo"], "forbids_classic_tokens": True},
        {
            "login": "tight",
            "id": 2006,
            "members": ["octo", "stranger"],
            "owners": ["octo"],
            "members_create_private": False,
            "allowed_actions": ["actions/*"],
            "subject_claims": ["repository_owner_id"],
        },
        {
            "login": "ready",
            "id": 2007,
            "members": ["octo"],
            "owners": ["octo"],
            "plan": "enterprise",
            "runner_labels": ["self-hosted", "ubuntu-24.04"],
        },
        {"login": "frugal", "id": 2004, "members": ["octo"], "minutes_are_spent": True},
    ],
    "tokens": [
        {"token": FULL, "login": "octo", "scopes": ["repo", "workflow", "delete_repo"]},
        {"token": NO_REPO, "login": "octo", "scopes": ["gist"]},
        {"token": NO_WORKFLOW, "login": "octo", "scopes": ["repo"]},
        {
            "token": NO_DELETE,
            "login": "octo",
            "scopes": ["repo", "workflow"],
            "expires_at": "2099-01-02T03:04:05Z",
        },
        {
            "token": EXPIRED,
            "login": "octo",
            "scopes": ["repo"],
            "expires_at": "2020-01-01T00:00:00Z",
        },
        {"token": "ghp_admin", "login": "octo", "scopes": ["repo", "workflow", "admin:org"]},
        {"token": "ghp_member", "login": "stranger", "scopes": ["repo", "workflow", "read:org"]},
        {"token": STRANGER, "login": "stranger", "scopes": ["repo", "workflow"]},
        {"token": "ghp_thrifty", "login": "thrifty", "scopes": ["repo", "workflow"]},
    ],
    "fine_grained_tokens": [
        {
            "token": FINE_GRAINED,
            "login": "octo",
            "owner": "strict",
            "permissions": {"administration": "write", "contents": "write"},
            "expires_at": "2099-01-02T03:04:05Z",
        },
    ],
}

# As GitHub does it, in less time.
CANCELLATION = {"interrupt_seconds": 1.0, "terminate_seconds": 0.5, "limit_seconds": 3.0}


@dataclass(frozen=True)
class Answer:
    """Status, decoded body and headers of an answer."""

    status: int
    body: Any
    headers: dict[str, str]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


class ServedGitHub:
    """Starts and stops the server; talks REST to it and validates every exchange."""

    def __init__(
        self, folder: Path, *, actions: Path | None = None, content_limit: str = "0,0"
    ) -> None:
        self.folder = folder
        self.state = folder / "state"
        self._actions = actions
        self._content_limit = content_limit
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._opener = urllib.request.build_opener(_NoRedirect)

    def start(
        self, runner_env: dict[str, str] | None = None, *, jobs_at_once: int = 4
    ) -> ServedGitHub:
        self.folder.mkdir(parents=True, exist_ok=True)
        tools = Path(sys.executable).parent
        folders = [str(tools), *os.environ["PATH"].split(":")]
        (self.folder / "accounts.json").write_text(json.dumps(ACCOUNTS))
        environment = {"FROM_MACHINE": "yes"} | (runner_env or {})
        runner = {
            "env": environment,
            "path": folders,
            "jobs_at_once": jobs_at_once,
            "cancellation": CANCELLATION,
        }
        (self.folder / "runner.json").write_text(json.dumps(runner))
        log = (self.folder / "server.log").open("ab")
        self._process = subprocess.Popen(
            self.command(),
            env={"PATH": ":".join(folders), "PYTHONPATH": str(ROOT), "LEAKED": "server-only"}
            | {CONTROL_TOKEN_VARIABLE: CONTROL},
            stdout=log,
            stderr=log,
        )
        log.close()
        self._wait()
        return self

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-W", "error::ResourceWarning", "-m", "rehearsal.github"),
            *("--state-dir", str(self.state), "--port", str(self.port)),
            *("--accounts", str(self.folder / "accounts.json")),
            *("--runner", str(self.folder / "runner.json")),
            *("--content-limit", self._content_limit),
            *(("--actions", str(self._actions)) if self._actions else ()),
        ]

    def _wait(self) -> None:
        for _ in range(200):
            try:
                if self.rest("GET", "/user", check=False).status == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "server.log").read_text())

    def stop(self, how: int = signal.SIGTERM) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(timeout=20)

    def end(self) -> None:
        """Kill it if a test left it running."""
        if self._process is not None and self._process.poll() is None:
            self.stop(signal.SIGKILL)

    def rest(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = FULL,
        check: bool = True,
    ) -> Answer:
        """One REST request below ``/api/v3``; ``check`` validates it against GitHub's OpenAPI."""
        headers = {"User-Agent": "tests", "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        answer = self.fetch(f"{self.url}/api/v3{path}", method, data, headers)
        decoded = json.loads(answer.body) if answer.body else None
        if check:
            validate_exchange(method, path, body, answer.status, decoded)
        return Answer(answer.status, decoded, answer.headers)

    def fetch(
        self,
        url: str,
        method: str = "GET",
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        request = urllib.request.Request(url, data, headers or {}, method=method)
        try:
            with self._opener.open(request, timeout=30) as reply:
                return Answer(reply.status, reply.read(), _lower(reply.headers))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.read(), _lower(refusal.headers))

    def control(self, path: str, method: str = "GET", wish: Any = None) -> Answer:
        """Ask for what GitHub does not have, with the control token."""
        data = None if wish is None else json.dumps(wish).encode()
        headers = {"Authorization": f"Bearer {CONTROL}"}
        return self.fetch(f"{self.url}/_rehearsal/{path}", method, data, headers)

    def create(self, name: str, **wish: Any) -> dict[str, Any]:
        """Create octo's repository, or with ``owner/name`` an organization's."""
        organization, _, name = name.rpartition("/")
        body = {"name": name, "private": True, "auto_init": True} | wish
        path = f"/orgs/{organization}/repos" if organization else "/user/repos"
        answer = self.rest("POST", path, body)
        assert answer.status == 201, answer.body
        created: dict[str, Any] = answer.body
        return created

    def commit(
        self,
        repository: str,
        files: dict[str, str | None],
        message: str = "Change",
        *,
        branch: str = "main",
    ) -> str:
        """One commit on a branch by a push; a new branch begins at main."""
        record = self.rest("GET", f"/repos/{repository}").body
        folder = self.state / "repositories" / f"{record['id']}.git"
        known = self.rest("GET", f"/repos/{repository}/git/ref/heads/{branch}")
        old = known.body["object"]["sha"] if known.status == 200 else None
        main = f"/repos/{repository}/git/ref/heads/main"
        parent: str = old or self.rest("GET", main).body["object"]["sha"]
        sha = make_commit(folder, parent, files, message)
        ref = f"refs/heads/{branch}"
        answer = self.fetch(
            f"{self.url}/{repository}.git/git-receive-pack",
            "POST",
            push_body(ref, old, sha),
            {"Authorization": f"Bearer {FULL}", "Content-Type": CONTENT_TYPE},
        )
        assert f"ok {ref}".encode() in answer.body, answer.body
        return sha

    def workflow(self, name: str, text: str, **wish: Any) -> str:
        """Create a repository with one workflow file; returns the commit that starts it."""
        self.create(name, **wish)
        return self.commit(_full(name), {".github/workflows/work.yml": text})

    def run(
        self,
        name: str,
        *,
        number: int = 1,
        attempt: int = 1,
        seconds: float = 20,
        status: str = "completed",
    ) -> dict[str, Any]:
        """Wait until a run, counted from 1, has a status: until its end, if none is given."""
        wanted = {"run_number": number, "run_attempt": attempt, "status": status}

        def look() -> dict[str, Any] | None:
            return next((run for run in self._runs(name) if run.items() >= wanted.items()), None)

        # It pauses for longer and longer: an hour has 5,000 requests.
        found = look_until_found(look, seconds=seconds)
        assert found, f"run {number} of {name} is not {status}: {self.logs(name)}"
        return found

    def _runs(self, name: str) -> list[dict[str, Any]]:
        answer = self.rest("GET", f"/repos/{_full(name)}/actions/runs", check=False)
        assert answer.status == 200, answer.body
        runs: list[dict[str, Any]] = answer.body["workflow_runs"]
        return runs

    def jobs(self, name: str, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        path = f"/repos/{_full(name)}/actions/runs/{run['id']}/jobs"
        # GitHub's description forgets that a job under way has no conclusion.
        is_over = run["status"] == "completed"
        return {job["name"]: job for job in self.rest("GET", path, check=is_over).body["jobs"]}

    def log(self, name: str, job: dict[str, Any]) -> str:
        path = f"/repos/{_full(name)}/actions/jobs/{job['id']}/logs"
        answer = self.rest("GET", path)
        assert answer.status == 302
        text: str = self.fetch(answer.headers["location"]).body.decode()
        return text

    def logs(self, name: str, number: int = 1) -> str:
        wanted = [run for run in self._runs(name) if run["run_number"] == number]
        jobs = [job for run in wanted for job in self.jobs(name, run).values()]
        paths = [self.state / "logs" / f"{job['id']}.txt" for job in jobs]
        return "\n".join(path.read_text() for path in paths if path.exists())

    def problems(self) -> dict[str, str]:
        """Why runs did not start, by repository."""
        found = json.loads(self.control("problems").body)
        return {item["repository"]: item["problem"] for item in found}


def _full(name: str) -> str:
    return name if "/" in name else f"octo/{name}"


def git(*arguments: str, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the real git client with nobody's configuration."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cwd),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Octo",
        "GIT_AUTHOR_EMAIL": "octo@example.com",
        "GIT_COMMITTER_NAME": "Octo",
        "GIT_COMMITTER_EMAIL": "octo@example.com",
    }
    program = shutil.which("git") or "git"
    done = subprocess.run(
        [program, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if check:
        assert done.returncode == 0, done.stderr
    return done


def _lower(headers: Any) -> dict[str, str]:
    return {key.lower(): value for key, value in headers.items()}
