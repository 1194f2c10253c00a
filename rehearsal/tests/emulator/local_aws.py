"""Starts the local AWS as its users do, and speaks to it with real clients."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from rehearsal.aws.emulator.environment import ROOT_SECRET_VARIABLE
from rehearsal.aws.emulator.saved_state import CHANGED_UNSEEN, FILE_NAME

ROOT = Path(__file__).resolve().parents[3]
IMAGES = Path(os.environ.get("REHEARSAL_IMAGES", ROOT / ".images"))
ACCOUNT, REGION = "111122223333", "eu-west-1"
OTHER_ACCOUNT = "222233334444"
# For what comes in a moment, also on a machine that is busy.
PATIENCE_SECONDS = 90.0
ROOT_SECRET = "known to these tests"
ROOT_KEYS = (ACCOUNT, ROOT_SECRET, None)
Keys = tuple[str | None, ...]
"""Access key, secret and, of a session, its token."""
_NO_RETRIES = Config(retries={"total_max_attempts": 1})


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LocalAws:
    """One server process over one state folder."""

    state_dir: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    options: tuple[str, ...] = ()
    root_keys: tuple[str | None, ...] = ROOT_KEYS

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.state_dir.with_suffix(".log")

    def start(self) -> Self:
        command = [
            *(sys.executable, "-m", "rehearsal.aws", "--state-dir", str(self.state_dir)),
            *("--port", str(self.port), "--region", REGION, "--images", str(IMAGES)),
            *("--account", ACCOUNT, "--account", OTHER_ACCOUNT),
            *self.options,
        ]
        with self.log.open("ab") as log:
            env = {**os.environ, ROOT_SECRET_VARIABLE: ROOT_SECRET}
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        wait_for(self.is_ready, what=f"the server; see {self.log}")
        return self

    def of_account(self, account: str) -> Self:
        """The same server as the root user of another account sees it."""
        return replace(self, root_keys=(account, ROOT_SECRET, None))

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_rehearsal/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            return False

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the server and give its exit code; it must have saved in time what it saves now."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        late = [line for line in self.log.read_text().splitlines() if CHANGED_UNSEEN in line]
        assert late == []
        return code

    def saved(self, service: str) -> str:
        """What a kill would leave of a service's state, as text."""
        file = self.state_dir / "services" / FILE_NAME
        with contextlib.closing(sqlite3.connect(file)) as database:
            rows = database.execute("SELECT key, value FROM entries WHERE service = ?", (service,))
            return "\n".join(f"{key} {value}" for key, value in rows)

    def client(
        self, service: str, keys: tuple[str | None, ...] | None = None, **config: Any
    ) -> Any:
        access_key, secret, token = keys or self.root_keys
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=_NO_RETRIES.merge(Config(**config)),
        )

    def assume(
        self, role_arn: str, keys: tuple[str | None, ...], session: str = "test"
    ) -> tuple[str | None, ...]:
        answer = self.client("sts", keys).assume_role(RoleArn=role_arn, RoleSessionName=session)
        return session_keys(answer["Credentials"])

    def user(self, name: str, *statements: dict[str, Any]) -> tuple[str | None, ...]:
        """Keys of a new IAM user with the given permissions."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"], None

    def role(self, name: str, trust: dict[str, Any], *statements: dict[str, Any]) -> str:
        """ARN of a new role."""
        iam = self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*statements))
        return str(arn)

    def session(self, name: str, *statements: dict[str, Any]) -> tuple[str, Keys]:
        """ARN and keys of a new role of the account."""
        role = self.role(name, trust({"AWS": self.root_keys[0] or ""}), *statements)
        return role, self.assume(role, self.user(f"{name}-user", allow("sts:AssumeRole", role)))

    def stack(self, name: str, resources: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Create a stack, wait for its end and describe it."""
        cloudformation = self.client("cloudformation")
        template = {"Resources": resources, **more.pop("template", {})}
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **more,
        )
        return self.settled(name)

    def settled(self, name: str, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """A stack when nothing happens to it any more."""
        cloudformation = self.client("cloudformation")
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
            if not stack["StackStatus"].endswith("IN_PROGRESS"):
                return stack
            time.sleep(0.05)
        raise TimeoutError(f"stack {name} does not settle")

    def delete_stack(self, name: str) -> str:
        """Delete a stack and give its final status."""
        cloudformation = self.client("cloudformation")
        stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        return str(self.settled(stack_id)["StackStatus"])

    def failures(self, name: str) -> dict[str, str]:
        """Reasons of what failed in a stack, by logical id."""
        events = self.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return {
            event["LogicalResourceId"]: event.get("ResourceStatusReason", "")
            for event in reversed(events)
            if event["ResourceStatus"].endswith("FAILED")
        }


def allow(actions: str | list[str], resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def let(principal: Any, actions: str | list[str], resource: str, **more: Any) -> dict[str, Any]:
    """A statement of a resource's policy."""
    return {**allow(actions, resource), "Principal": principal, **more}


def trust(principal: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def refusal(call: Any, **arguments: Any) -> str:
    """What AWS says to a call that it refuses, with the error's code."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value)


def unshared(action: str) -> str:
    """Part of a refusal when only the policy of another account's resource is missing."""
    return f"because no resource-based policy allows the {action} action"


def session_keys(credentials: dict[str, Any]) -> tuple[str | None, ...]:
    return (
        credentials["AccessKeyId"],
        credentials["SecretAccessKey"],
        credentials["SessionToken"],
    )


def wait_for(condition: Any, *, what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise TimeoutError(f"waited {seconds} s for {what}")


def tool(name: str) -> str:
    """A command-line tool of the project."""
    own = ROOT / "node_modules" / ".bin" / name
    return str(own) if own.exists() else str(shutil.which(name))
