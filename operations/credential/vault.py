"""Where the credentials of owners are: a secret for each, which the functions read too.

Its string is JSON: `{"token": "…", "users": ["arn:aws:iam::111122223333:role/Team-A"]}`; without
users everybody may use it who may launch a project.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

PREFIX, END = "mlops-sm-project/owner/", "/github-token"
PROJECTS = "/mlops-sm-project/"


@dataclass(frozen=True)
class Stored:
    """A credential.

    Args:
        token: of GitHub, never shown; empty if the secret holds something else than a credential.
        users: ARNs of roles and users; empty for everybody who may launch.
    """

    token: str = field(repr=False)
    users: tuple[str, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Whether the functions can use it."""
        return bool(self.token)


def secret_name(owner: str) -> str:
    """Name of an owner's secret: GitHub tells no case apart."""
    return f"{PREFIX}{owner.lower()}{END}"


class Vault:
    """The secrets of one account and region."""

    def __init__(self, secrets: Any, ssm: Any, tags: Mapping[str, str] | None = None) -> None:
        """Take boto3's clients, and the company's tags for what is made."""
        self._secrets = secrets
        self._ssm = ssm
        self._tags = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]

    def owners(self) -> list[str]:
        """For whom there is a credential, in lower case."""
        pages = self._secrets.get_paginator("list_secrets").paginate(
            Filters=[{"Key": "name", "Values": [PREFIX]}]
        )
        names = [one["Name"] for page in pages for one in page["SecretList"]]
        ours = [name for name in names if name.startswith(PREFIX) and name.endswith(END)]
        return sorted(name.removeprefix(PREFIX).removesuffix(END) for name in ours)

    def find(self, owner: str) -> Stored | None:
        """The credential of an owner, if there is one."""
        try:
            answer = self._secrets.get_secret_value(SecretId=secret_name(owner))
        except ClientError as error:
            if _code(error) == "ResourceNotFoundException" or _is_leaving(error):
                return None
            raise
        try:
            told = json.loads(answer["SecretString"])
            return Stored(str(told["token"]), tuple(map(str, told["users"])))
        except (KeyError, TypeError, ValueError):
            return Stored("")

    def store(self, owner: str, credential: Stored) -> None:
        """Store a credential, in the place of the one that is there."""
        name = secret_name(owner)
        text = json.dumps({"token": credential.token, "users": list(credential.users)})
        try:
            self._secrets.create_secret(
                Name=name,
                Description=f"GitHub token of {owner}, for projects without one of their own",
                SecretString=text,
                Tags=self._tags,
            )
        except ClientError as error:
            if not (_is_leaving(error) or _code(error) == "ResourceExistsException"):
                raise
            self._replace(name, text)

    def _replace(self, name: str, text: str) -> None:
        try:
            self._secrets.put_secret_value(SecretId=name, SecretString=text)
        except ClientError as error:
            if not _is_leaving(error):
                raise
            self._secrets.restore_secret(SecretId=name)
            self._secrets.put_secret_value(SecretId=name, SecretString=text)

    def remove(self, owner: str) -> None:
        """Delete the secret for good: the token itself can be made again in GitHub."""
        self._secrets.delete_secret(SecretId=secret_name(owner), ForceDeleteWithoutRecovery=True)

    def projects(self) -> dict[str, list[str]]:
        """The projects that use stored credentials, by owner in lower case."""
        found: dict[str, list[str]] = {}
        for project, secret in self._secrets_of_projects():
            if secret.startswith(PREFIX):
                owner = secret.removeprefix(PREFIX).removesuffix(END).lower()
                found.setdefault(owner, []).append(project)
        return {owner: sorted(projects) for owner, projects in found.items()}

    def _secrets_of_projects(self) -> Iterator[tuple[str, str]]:
        pages = self._ssm.get_paginator("get_parameters_by_path").paginate(
            Path=PROJECTS.rstrip("/"), Recursive=True
        )
        for page in pages:
            for parameter in page["Parameters"]:
                try:
                    secret = str(json.loads(parameter["Value"])["token_secret_arn"])
                except (KeyError, TypeError, ValueError):
                    continue  # the token check tells of it each day
                yield parameter["Name"].removeprefix(PROJECTS), secret


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _is_leaving(error: ClientError) -> bool:
    said = error.response.get("Error", {}).get("Message", "")
    return _code(error) == "InvalidRequestException" and "deletion" in said
