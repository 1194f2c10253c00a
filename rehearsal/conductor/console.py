"""The console of a world: a page on which a play can be watched, as its operator sees it."""

import json
import subprocess
import sys
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.conductor.aws_accounts import AwsUser
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.world import World

OPERATOR = "operator"
_POLICY = "console"


def start_console(world: World) -> None:
    """Start the console with the credentials of an operator, who may do what its policy says.

    One that runs is left alone, since its operator's key would end with a new one.

    Raises:
        RehearsalError: it did not start; its log says why.
    """
    if world.has_console:
        return
    world.start_console(operator(world), world.record.tokens[DATA_SCIENTIST])


def operator(world: World, name: str = OPERATOR) -> AwsUser:
    """An IAM user of the project's account who has the console's policy, with a new access key."""
    iam = world.administrator.client("iam")
    try:
        iam.create_user(UserName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityAlreadyExists":
            raise
    iam.put_user_policy(UserName=name, PolicyName=_POLICY, PolicyDocument=_policy(world))
    _forget_keys(iam, name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return AwsUser(world.endpoint_url, key["AccessKeyId"], key["SecretAccessKey"])


def _policy(world: World) -> str:
    """What `python -m console --policy` says that an operator needs."""
    log = world.logs / "console.log"
    command = [sys.executable, "-m", "console", "--policy"]
    try:
        told = run(command, cwd=world.root, env=world.person_environment(), log=log)
    except subprocess.CalledProcessError as error:
        raise RehearsalError("The console does not tell its policy.", log=log) from error
    return json.dumps(json.loads(told))


def _forget_keys(iam: Any, name: str) -> None:
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
