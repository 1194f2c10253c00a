"""What the console shows of the rehearsal's account to different people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest

from console.asking.account import Account
from operations.aws_session import identity
from operations.github_access import GithubAccess
from rehearsal.conductor.aws_accounts import REGION, AwsUser


@contextmanager
def account_of(user: AwsUser, access: GithubAccess | None = None) -> Iterator[Account]:
    """The account with somebody's credentials, until the block ends."""

    def session() -> boto3.Session:
        return boto3.Session(
            user.access_key_id, user.secret_access_key, user.session_token, region_name=REGION
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", user.endpoint_url)
        yield Account(identity(session()), access, open_session=session)
