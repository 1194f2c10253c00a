"""How the world of a folder is found, refused and protected."""

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from rehearsal.aws.__main__ import _settings
from rehearsal.conductor.aws_accounts import (
    ACCOUNT,
    ORGANIZATION,
    OUTSIDE_ACCOUNT,
    STAGE_ACCOUNTS,
)
from rehearsal.conductor.console import start_console
from rehearsal.conductor.errors import (
    OtherVersionError,
    PortInUseError,
    RehearsalError,
    WorldNotRunningError,
    WorldRunningError,
)
from rehearsal.conductor.server_process import ServerProcess, require_free_port
from rehearsal.conductor.world import World, exclusive

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a folder that is this project as far as a world can tell."""
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def _this_process(name: str = "local AWS") -> ServerProcess:
    return ServerProcess(name, psutil.Process().cmdline())


def test_a_created_world_is_found_again(root: Path) -> None:
    created = World.create(root)
    assert World.open(root).record == created.record


def test_stage_accounts_exist_and_have_root_users_and_command_lines(root: Path) -> None:
    world = World.create(root)
    served = _settings(world._aws_command()[3:])
    company = (ACCOUNT, *STAGE_ACCOUNTS)
    assert served.accounts == (*company, OUTSIDE_ACCOUNT)
    assert (served.organization, served.organization_accounts) == (ORGANIZATION, company)
    for account in STAGE_ACCOUNTS:
        assert world.root_of(account).access_key_id == account
        assert world.person_environment(account)["AWS_ACCESS_KEY_ID"] == account
    assert world.root_of(ACCOUNT) == world.administrator


def test_a_user_has_one_client_of_a_service(root: Path) -> None:
    world = World.create(root)
    made = world.administrator.client("s3")
    assert world.root_of(ACCOUNT).client("s3") is made
    assert world.administrator.client("s3", retries=0) is not made
    assert world.root_of(STAGE_ACCOUNTS[0]).client("s3") is not made


def test_two_worlds_share_no_port_and_no_secret(root: Path, tmp_path: Path) -> None:
    first, second = World.create(root).record, World.create(root).record
    assert first.aws_port != first.github_port
    assert set(first.tokens.values()).isdisjoint(second.tokens.values())
    secrets = (first.root_secret, first.control_token, second.root_secret, second.control_token)
    assert len(set(secrets)) == len(secrets)


def test_a_new_world_keeps_nothing_but_the_byte_code_of_its_runner(root: Path) -> None:
    old = World.create(root)
    old._github_command(actions=None)
    machine = json.loads((old.state / "runner.json").read_text(encoding="utf-8"))
    byte_code = Path(machine["env"]["PYTHONPYCACHEPREFIX"])
    byte_code.mkdir()
    (old.state / "github").mkdir()
    World.create(root)
    assert sorted(old.state.iterdir()) == [byte_code, old.state / "world.json"]


def test_tokens_are_readable_by_their_owner_alone(root: Path) -> None:
    world = World.create(root)
    assert (world.state / "world.json").stat().st_mode & 0o077 == 0


def test_a_folder_without_a_world_says_how_to_start_one(root: Path) -> None:
    with pytest.raises(WorldNotRunningError, match="ARGS=up"):
        World.open(root)


def test_a_running_world_is_not_replaced(root: Path) -> None:
    world = World.create(root)
    world._remember([_this_process()])
    with pytest.raises(WorldRunningError, match="ARGS=down"):
        World.create(root)


def test_a_console_that_runs_keeps_its_operators_key(root: Path) -> None:
    """This folder has no console to be started: whoever begins with it fails."""
    world = World.create(root)
    world._remember([_this_process("console")])
    start_console(world)
    assert world.has_console
    world._remember([])
    with pytest.raises(RehearsalError, match="does not tell its policy"):
        start_console(world)


def test_state_of_another_version_is_refused_and_kept(root: Path) -> None:
    file = World.create(root).state / "world.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**content, "version": "0.0.1"}), encoding="utf-8")
    with pytest.raises(OtherVersionError, match=r"0\.0\.1.*make clean"):
        World.create(root)
    assert file.exists()


@pytest.mark.parametrize("missing", ["servers", "github", "root_secret", None])
def test_a_record_that_is_not_whole_is_one_sentence(root: Path, missing: str | None) -> None:
    file = World.create(root).state / "world.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content.pop(missing, None)
    file.write_text(json.dumps(content) if missing else "{", encoding="utf-8")
    with pytest.raises(RehearsalError, match=r"cannot be read.*make clean"):
        World.open(root)


def test_a_path_with_a_space_is_refused_before_anything_is_made(root: Path) -> None:
    folder = root / "a clone"
    folder.mkdir()
    with pytest.raises(RehearsalError, match="holds a space"):
        World.create(folder)
    assert not (folder / ".rehearsal").exists()


def test_one_conductor_at_a_time(root: Path) -> None:
    with exclusive(root), pytest.raises(WorldRunningError, match="wait"), exclusive(root):
        pass


def test_a_process_with_another_command_line_is_not_ours() -> None:
    ours = _this_process()
    assert ours.is_running()
    assert not ServerProcess(ours.name, [*ours.argv, "--port", "1"]).is_running()


def test_a_server_is_written_down_before_it_starts_and_found_after_its_starter_is_killed(
    root: Path,
) -> None:
    (root / "rehearsal").mkdir()
    (root / "rehearsal" / "aws.py").write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    starter = (
        "import pathlib, rehearsal.conductor.world as w\n"
        f"w.World.create(pathlib.Path({str(root)!r})).start()\n"
    )
    argv = [sys.executable, "-c", starter]
    with subprocess.Popen(argv, cwd=PROJECT, start_new_session=True) as child:
        deadline = time.monotonic() + 60
        while not _servers_alive(root) and time.monotonic() < deadline:
            time.sleep(0.01)
        child.kill()
    # The local GitHub, which has no module here, may be at its end.
    aws = next(server for server in _servers_alive(root) if server.name == "local AWS")
    aws.stop()
    assert aws not in _servers_alive(root)


def _servers_alive(root: Path) -> list[ServerProcess]:
    try:
        servers = World.open(root).record.servers
    except WorldNotRunningError:
        return []
    return [server for server in servers if server.is_running()]


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"Port {port} of the local AWS"):
            require_free_port(port, server="local AWS")
