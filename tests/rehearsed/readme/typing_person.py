"""Somebody at a terminal who types what the documents say, a line after the other in one shell.

Lines for `aws` and `gh` are run by these programs where a test says that they are installed. Else
they are read and checked as these programs do, and the request behind them is sent: no stand-in
of the same name is on the PATH.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import jmespath
import requests
from botocore import xform_name

from rehearsal.conductor.aws_accounts import REGION
from rehearsal.conductor.environment import installer_settings
from rehearsal.conductor.github_setup import PLATFORM_ENGINEER
from rehearsal.conductor.world import World
from tests.docs.aws_command import AwsCommand, read_aws_command
from tests.docs.code_blocks import lines
from tests.docs.gh_command import read_gh_command, select
from tests.github_openapi import validate_exchange

PROFILE = "mlops-dev"
_END = "---typed---"
# Words in capitals that are no placeholders.
_WORDS = re.compile(r"\b(?:PATH|PWD|ARGS)\b|\b[A-Z]+_\w+|\bCAPABILITY_\w+")
_PLACEHOLDER = re.compile(r"(?<![\w$-])[A-Z]{2,}(?![\w-])")


class TypingPerson:
    """A platform engineer with one profile, in a clone of this project.

    Args:
        world: the AWS and the GitHub that they use.
        clone: where they type.
        home: their home folder.
        tools: those of `aws` and `gh` that are installed and run.
        environment: what their shell has besides.
    """

    def __init__(
        self,
        world: World,
        clone: Path,
        home: Path,
        *,
        tools: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.values: dict[str, str] = {}
        self._world, self._clone, self._tools = world, clone, tools
        self._repository = ""
        _write_profile(world, home)
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=clone,
            env=_environment(world, home) | dict(environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the shell."""
        self._shell.communicate()

    def owns(self, repository: str) -> None:
        """Know the repository `owner/name` that the clone was pushed to."""
        self._repository = repository
        self.values["OWNER"], self.values["REPOSITORY"] = repository.split("/")

    def types(self, block: str) -> list[Any]:
        """Type every line of a block, with the values that are theirs; return what was answered.

        Raises:
            AssertionError: a line failed, or holds a placeholder that nothing told a value for.
        """
        return [self._type(line) for line in lines(block)]

    def _type(self, line: str) -> Any:
        for name, value in sorted(self.values.items(), key=lambda item: -len(item[0])):
            line = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", lambda _, v=value: v, line)
        left = _PLACEHOLDER.findall(_WORDS.sub("", line))
        assert left == [], f"nothing says what to write for {left} in: {line}"
        program, *words = shlex.split(line, comments=True)
        senders: dict[str, Callable[[list[str]], Any]] = {"aws": self._aws, "gh": self._gh}
        if program in senders and program not in self._tools:
            return senders[program](words)
        said = self._run(line)
        return _decoded(said) if program in self._tools else said

    def _run(self, line: str) -> str:
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        # In braces: what it sets stays set; and it reads nothing of what is typed next.
        self._shell.stdin.write(f"{{ {line}\n}} < /dev/null\nprintf '\\n%s %s\\n' {_END} $?\n")
        self._shell.stdin.flush()
        said: list[str] = []
        for answer in self._shell.stdout:
            if answer.startswith(_END):
                assert answer.split()[1] == "0", f"{line}\n{''.join(said)}"
                return "".join(said)
            said.append(answer)
        raise AssertionError(f"the shell ended at: {line}\n{''.join(said)}")

    def _aws(self, words: list[str]) -> Any:
        command = read_aws_command(words, self._clone)
        command.check()
        assert command.options.get("--profile") == PROFILE, f"no credentials: aws {words}"
        assert command.options.get("--region", REGION) == REGION
        client = self._world.administrator.client(command.service)
        answer = getattr(client, xform_name(command.operation))(**command.parameters)
        if command.operation == "CreateChangeSet":
            return _execute(client, command)
        return jmespath.search(command.options.get("--query", "@"), answer)

    def _gh(self, words: list[str]) -> Any:
        command = read_gh_command(words, self._repository, "main")
        answer = requests.request(
            command.method,
            f"{self._world.github_url}/api/v3{command.path}",
            json=command.body,
            headers={"Authorization": f"Bearer {self._world.record.tokens[PLATFORM_ENGINEER]}"},
            timeout=30,
        )
        body = answer.json() if answer.content else None
        validate_exchange(command.method, command.path, command.body, answer.status_code, body)
        assert answer.ok, body
        return select(body, command.jq)


def _execute(client: Any, command: AwsCommand) -> None:
    """Go on as `aws cloudformation deploy` does once it has its change set."""
    stack, change_set = (command.parameters[name] for name in ("StackName", "ChangeSetName"))
    wait = {"Delay": 1, "MaxAttempts": 60}
    client.get_waiter("change_set_create_complete").wait(
        StackName=stack, ChangeSetName=change_set, WaiterConfig=wait
    )
    client.execute_change_set(StackName=stack, ChangeSetName=change_set)
    client.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig=wait)


def _decoded(said: str) -> Any:
    """What a program printed: JSON, or else a line."""
    try:
        return json.loads(said)
    except ValueError:
        return said.strip()


def _write_profile(world: World, home: Path) -> None:
    folder, user = home / ".aws", world.administrator
    folder.mkdir(parents=True)
    (folder / "config").write_text(f"[profile {PROFILE}]\nregion = {REGION}\n", encoding="utf-8")
    (folder / "credentials").write_text(
        f"[{PROFILE}]\naws_access_key_id = {user.access_key_id}\n"
        f"aws_secret_access_key = {user.secret_access_key}\n",
        encoding="utf-8",
    )


def _environment(world: World, home: Path) -> dict[str, str]:
    """A shell as it opens: the system's programs, nothing of this project's; and where AWS is."""
    ours = (sys.prefix, str(world.root))
    folders = [
        folder for folder in os.environ["PATH"].split(os.pathsep) if not folder.startswith(ours)
    ]
    return {
        **installer_settings(os.environ),
        "PATH": os.pathsep.join(folders),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL": world.endpoint_url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
