"""A credential that is stored once for an owner, with who may use it.

Its secret is named after the owner in lower case, since GitHub tells no case apart. The string in
it is JSON: `{"token": "…", "users": ["arn:aws:iam::111122223333:role/Team-A"]}`; without users
everybody may use it who may launch a project.
"""

import json
from dataclasses import dataclass

_PREFIX, _END = "mlops-sm-project/owner/", "/github-token"


@dataclass(frozen=True)
class StoredCredential:
    """What the secret holds.

    Attributes:
        token: of GitHub.
        users: ARNs of roles and users; empty for everybody.
    """

    token: str
    users: tuple[str, ...]


def stored_secret(owner: str) -> str:
    """Return the name of an owner's secret."""
    return f"{_PREFIX}{owner.lower()}{_END}"


def owner_of(secret: str) -> str:
    """Return the owner that a secret is stored for; empty for a secret of a project."""
    if not (secret.startswith(_PREFIX) and secret.endswith(_END)):
        return ""
    return secret.removeprefix(_PREFIX).removesuffix(_END)


def true_name(secret: str) -> str:
    """Return a secret as it is named: a template knows the owner as it was typed."""
    owner = owner_of(secret)
    return stored_secret(owner) if owner else secret


def parse_credential(text: str) -> StoredCredential | None:
    """Read a secret's string; None if it is something else."""
    try:
        told = json.loads(text)
        users = told["users"]
        known = isinstance(told["token"], str) and isinstance(users, list)
    except (ValueError, TypeError, KeyError):
        return None
    if not (known and all(isinstance(user, str) for user in users)):
        return None
    return StoredCredential(told["token"], tuple(users))
