"""The composition root: one folder of state, two servers, and the people who use them.

`World.create` makes a new world, `World.open` finds the one in a folder again. Everything
that a world remembers between processes is in `.rehearsal/world.json`.
"""

import contextlib
import fcntl
import json
import secrets
import shutil
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from rehearsal.aws.emulator.environment import ROOT_SECRET_VARIABLE
from rehearsal.conductor import environment
from rehearsal.conductor.aws_accounts import (
    ACCOUNT,
    ORGANIZATION,
    OUTSIDE_ACCOUNT,
    REGION,
    STAGE_ACCOUNTS,
    AwsUser,
)
from rehearsal.conductor.errors import (
    OtherVersionError,
    RehearsalError,
    WorldNotRunningError,
    WorldRunningError,
)
from rehearsal.conductor.github_control import GitHubControl
from rehearsal.conductor.github_setup import GitHubSetup
from rehearsal.conductor.server_process import ServerProcess
from rehearsal.github.core.settings import CONTROL_TOKEN_VARIABLE
from rehearsal.processes import free_port

# While an endpoint is deployed; five minutes of baking take ten seconds.
SECONDS_PER_MINUTE = 2
_BYTE_CODE = "byte-code"
_AWS_SERVER, _GITHUB_SERVER, _CONSOLE = "local AWS", "local GitHub", "console"
# Open to everybody, since it is no page.
_CONSOLE_HEALTH = "/static/icon.svg"


@dataclass(frozen=True)
class WorldRecord:
    """What is written to `world.json`.

    Args:
        root_secret: secret key of the accounts' root users.
        control_token: opens what the local GitHub can do beyond GitHub, such as faults.
        console_token: opens the console.
    """

    version: str
    aws_port: int
    github_port: int
    console_port: int
    root_secret: str = field(repr=False)
    control_token: str = field(repr=False)
    console_token: str = field(repr=False)
    tokens: dict[str, str] = field(default_factory=dict)
    github: GitHubSetup = field(default_factory=GitHubSetup)
    servers: list[ServerProcess] = field(default_factory=list)


class World:
    """A local AWS, a local GitHub and a console, with their state in one folder."""

    def __init__(self, root: Path, record: WorldRecord, state: Path | None = None) -> None:
        self.root = root
        self.state = state or root / ".rehearsal"
        self.record = record
        self._roots: dict[str, AwsUser] = {}

    @classmethod
    def create(
        cls, root: Path, *, state: Path | None = None, github: GitHubSetup | None = None
    ) -> "World":
        """Make a new world in place of a stopped one.

        Args:
            root: the project's folder.
            state: where the world is kept, if not in `.rehearsal` below the root.
            github: people and rules other than the rehearsal's own.

        Raises:
            WorldRunningError: one is running here.
            OtherVersionError: another version's state is here.
        """
        if " " in str(root):
            raise RehearsalError(
                f"The path {str(root)!r} holds a space, with which act cannot start a workflow's "
                "steps; move the clone to a path without one."
            )
        state, github = state or root / ".rehearsal", github or GitHubSetup()
        if state.exists():
            previous = _read(root, state)
            if previous is not None and any(s.is_running() for s in previous.record.servers):
                raise WorldRunningError(
                    "A rehearsal is running in this folder; end it with `make rehearse ARGS=down`."
                )
            _empty(state)
        state.mkdir(mode=0o700, exist_ok=True)
        world = cls(
            root,
            WorldRecord(
                version=_version(root),
                aws_port=free_port(),
                github_port=free_port(),
                console_port=free_port(),
                root_secret=secrets.token_urlsafe(30),
                control_token=secrets.token_urlsafe(30),
                console_token=secrets.token_urlsafe(30),
                tokens=github.new_tokens(),
                github=github,
            ),
            state,
        )
        world._write()
        return world

    @classmethod
    def open(cls, root: Path) -> "World":
        """Find the world of a folder again, running or stopped.

        Raises:
            WorldNotRunningError: there is none.
            OtherVersionError: another version's state is here.
        """
        world = _read(root, root / ".rehearsal")
        if world is None:
            raise WorldNotRunningError(
                "There is no rehearsal in this folder; start one with `make rehearse ARGS=up`."
            )
        return world

    @property
    def endpoint_url(self) -> str:
        """Where every AWS service answers."""
        return f"http://127.0.0.1:{self.record.aws_port}"

    @property
    def github_url(self) -> str:
        """Where the local GitHub answers, as a GitHub Enterprise Server would."""
        return f"http://127.0.0.1:{self.record.github_port}"

    @property
    def console_address(self) -> str:
        """What a person opens to watch."""
        return f"http://127.0.0.1:{self.record.console_port}/?token={self.record.console_token}"

    @property
    def github_control(self) -> GitHubControl:
        """What the local GitHub can be asked beyond GitHub's own API."""
        return GitHubControl(self.github_url, self.record.control_token)

    @property
    def github_server(self) -> ServerProcess:
        """The process of the local GitHub, whose children are the machines that run jobs."""
        return next(each for each in self.record.servers if each.name == _GITHUB_SERVER)

    @property
    def logs(self) -> Path:
        """The folder of the servers' and the programs' logs."""
        return self.state / "logs"

    @property
    def is_running(self) -> bool:
        """Whether AWS and GitHub are alive."""
        servers = [one for one in self.record.servers if one.name in (_AWS_SERVER, _GITHUB_SERVER)]
        return len(servers) == 2 and all(server.is_running() for server in servers)

    @property
    def has_console(self) -> bool:
        """Whether the console is alive."""
        return any(one.is_running() for one in self.record.servers if one.name == _CONSOLE)

    def start(self, *, actions: Path | None = None) -> None:
        """Start both servers; does nothing when they run.

        Args:
            actions: checkouts of the real marketplace actions, `<owner>/<repository>`;
                without it our stand-ins are used.
        """
        if self.is_running:
            return
        self.stop()
        home = self.state / "home"
        home.mkdir(exist_ok=True)
        aws = ServerProcess(_AWS_SERVER, self._aws_command())
        github = ServerProcess(_GITHUB_SERVER, self._github_command(actions))
        self._remember([aws, github])
        env = environment.server_environment(self.root, home)
        record, logs = self.record, self.logs
        aws_env = {**env, ROOT_SECRET_VARIABLE: record.root_secret}
        github_env = {**env, CONTROL_TOKEN_VARIABLE: record.control_token}
        with ThreadPoolExecutor() as pool:
            starts = [
                pool.submit(aws.start, record.aws_port, self.root, aws_env, logs / "aws.log"),
                pool.submit(
                    github.start, record.github_port, self.root, github_env, logs / "github.log"
                ),
            ]
        for start in starts:
            start.result()

    def start_console(self, person: AwsUser, github_token: str) -> None:
        """Start the console, which must not run, with a person's credentials.

        Raises:
            RehearsalError: it did not start; its log says why.
        """
        command = [sys.executable, "-m", "console", "--no-open"]
        server = ServerProcess(_CONSOLE, [*command, "--port", str(self.record.console_port)])
        env = {
            **self.person_environment(),
            **person.variables(),
            "GITHUB_SERVER_URL": self.github_url,
            "GH_TOKEN": github_token,
            "CONSOLE_TOKEN": self.record.console_token,
        }
        others = [one for one in self.record.servers if one.name != _CONSOLE]
        self._remember([*others, server])
        log = self.logs / "console.log"
        server.start(self.record.console_port, self.root, env, log, _CONSOLE_HEALTH)

    def stop(self) -> None:
        """Stop the servers, those that ask others first, and keep their state."""
        for server in reversed(self.record.servers):
            server.stop()
        self._remember([])

    def person_environment(self, account: str = ACCOUNT) -> dict[str, str]:
        """Environment of the command line of an account's administrator in this world."""
        return {
            **environment.person_environment(self.root, self.state / "home", REGION),
            **self.root_of(account).variables(),
        }

    @property
    def administrator(self) -> AwsUser:
        """Root user of the project's account."""
        return self.root_of(ACCOUNT)

    def root_of(self, account: str) -> AwsUser:
        """Root user of an account that exists here."""
        if account not in self._roots:
            self._roots[account] = AwsUser(self.endpoint_url, account, self.record.root_secret)
        return self._roots[account]

    def _aws_command(self) -> list[str]:
        company = (ACCOUNT, *STAGE_ACCOUNTS)
        return [
            *(sys.executable, "-m", "rehearsal.aws"),
            *("--state-dir", str(self.state / "aws")),
            *("--port", str(self.record.aws_port)),
            *(part for account in (*company, OUTSIDE_ACCOUNT) for part in ("--account", account)),
            *("--organization", f"{ORGANIZATION}={','.join(company)}"),
            *("--region", REGION),
            *("--images", str(self.root / ".images")),
            *("--seconds-per-minute", str(SECONDS_PER_MINUTE)),
        ]

    def _github_command(self, actions: Path | None) -> list[str]:
        accounts = self._write_private(
            "accounts.json", self.record.github.accounts(self.record.tokens)
        )
        runner = self._write_private(
            "runner.json",
            {
                "env": environment.runner_environment(self.endpoint_url, self.state / _BYTE_CODE),
                "path": environment.tool_folders(self.root),
                "jobs_at_once": self.record.github.jobs_at_once,
            },
        )
        return [
            *(sys.executable, "-m", "rehearsal.github"),
            *("--state-dir", str(self.state / "github")),
            *("--port", str(self.record.github_port)),
            *("--accounts", str(accounts)),
            *("--runner", str(runner)),
            *(("--actions", str(actions)) if actions else ()),
            *self.record.github.arguments(),
        ]

    def _remember(self, servers: list[ServerProcess]) -> None:
        self.record = replace(self.record, servers=servers)
        self._write()

    def _write(self) -> None:
        self._write_private("world.json", asdict(self.record))

    def _write_private(self, name: str, content: Any) -> Path:
        file = self.state / name
        draft = file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content, indent=2), encoding="utf-8")
        draft.replace(file)
        return file


@contextlib.contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Let one conductor at a time change the world of a folder.

    Raises:
        WorldRunningError: another one is at work.
    """
    with (root / ".rehearsal.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WorldRunningError(
                "Another rehearsal is being played in this folder; wait for its end."
            ) from error
        yield


def _empty(state: Path) -> None:
    """Remove a stopped world; the byte code of its runner's machine serves the next one, too."""
    for left in state.iterdir():
        if left.name == _BYTE_CODE:
            continue
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _read(root: Path, state: Path) -> World | None:
    file = state / "world.json"
    unreadable = f"{file} cannot be read; remove the rehearsal's state with `make clean`."
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise RehearsalError(unreadable) from error
    if content.get("version") != _version(root):
        raise OtherVersionError(
            f"The folder .rehearsal was made by version {content.get('version')}, "
            f"this is {_version(root)}; remove it with `make clean`."
        )
    try:
        servers = [ServerProcess(**server) for server in content.pop("servers")]
        github = GitHubSetup(**content.pop("github"))
        record = WorldRecord(**content, servers=servers, github=github)
    except (KeyError, TypeError) as error:
        raise RehearsalError(unreadable) from error
    return World(root, record, state)


def _version(root: Path) -> str:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
