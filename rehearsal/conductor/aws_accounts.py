"""The AWS accounts of a world, and whoever acts in them."""

import threading
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.session import Session

ACCOUNT = "111122223333"
# Accounts into which a project may deploy its later stages.
STAGE_ACCOUNTS = ("222233334444", "333344445555")
# Nobody's of the company: the others are in its organization.
OUTSIDE_ACCOUNT = "555566667777"
ORGANIZATION = "o-rehearsal01"
REGION = "eu-west-1"
# Threads may share clients, but not the session that makes them.
_MAKING = threading.Lock()
_CONNECTIONS = 32


@dataclass(frozen=True)
class AwsUser:
    """Credentials at the local AWS, and boto3 clients made with them."""

    endpoint_url: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)

    def variables(self) -> dict[str, str]:
        """The environment variables that every AWS tool reads."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token or "",
        }

    def assume(self, role_arn: str, session_name: str) -> "AwsUser":
        """Act as a role, as a person signed in to it would."""
        answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session_name)
        credentials = answer["Credentials"]
        return AwsUser(
            self.endpoint_url,
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials["SessionToken"],
        )

    def make_user(self, name: str, policy_name: str, policy: str) -> "AwsUser":
        """An IAM user of the same account, with a policy of its own and a new access key.

        The user may be there already; its keys from before end, since IAM lets it have two.
        """
        iam = self.client("iam")
        try:
            iam.create_user(UserName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityAlreadyExists":
                raise
        iam.put_user_policy(UserName=name, PolicyName=policy_name, PolicyDocument=policy)
        for old in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=name, AccessKeyId=old["AccessKeyId"])
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return AwsUser(self.endpoint_url, key["AccessKeyId"], key["SecretAccessKey"])

    def client(self, service: str, *, retries: int = 2) -> Any:
        """A boto3 client, made once; nothing is read from the caller's AWS configuration."""
        with _MAKING:
            made: dict[tuple[str, int], Any] = self._clients
            if (service, retries) not in made:
                made[service, retries] = self._session.client(
                    service,
                    endpoint_url=self.endpoint_url,
                    config=Config(
                        retries={"max_attempts": retries},
                        read_timeout=120,
                        max_pool_connections=_CONNECTIONS,
                    ),
                )
            return made[service, retries]

    @cached_property
    def _clients(self) -> dict[tuple[str, int], Any]:
        return {}

    @cached_property
    def _session(self) -> boto3.Session:
        described = Session()
        described.register_component("data_loader", _service_descriptions())
        return boto3.Session(
            botocore_session=described,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            aws_session_token=self.session_token,
            region_name=REGION,
        )


@cache
def _service_descriptions() -> Loader:
    """Reads each once; that costs eight times as much as the rest of making a client."""
    return Loader(include_default_search_paths=True)
