"""REST: Actions secrets and variables, of a repository and of an environment.

Imitated: https://docs.github.com/en/rest/actions/secrets and /rest/actions/variables
(API version 2022-11-28). Secrets travel as libsodium sealed boxes; their values never come back.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from pydantic import BaseModel

from rehearsal.github.core.errors import ConflictError, NotFoundError, ValidationError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository, Secret, Variable
from rehearsal.github.http.call import ApiRoute, Call, Reply
from rehearsal.github.http.rest_git_data import REPO
from rehearsal.github.repositories.environments import find_environment

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class NewSecret(BaseModel):
    """Body of ``PUT …/secrets/{name}``."""

    encrypted_value: str
    key_id: str


class NewVariable(BaseModel):
    """Body of ``POST …/variables``."""

    name: str
    value: str


class ChangedVariable(BaseModel):
    """Body of ``PATCH …/variables/{name}``."""

    name: str | None = None
    value: str | None = None


def public_key(call: Call) -> Reply:
    """The key that secrets are sealed with."""
    _scope(call, "secrets", "read")
    key = _private_key(call.github)
    encoded = base64.b64encode(bytes(key.public_key)).decode()
    return Reply(200, {"key_id": _key_id(key), "key": encoded})


def put_secret(call: Call) -> Reply:
    """Create or replace a secret."""
    repository, environment = _scope(call, "secrets", "write")
    wish = call.parse(NewSecret)
    name = _checked_name(call.path["name"], "Secret")
    value = _unseal(call.github, wish)
    now = call.github.now()
    old = _find(call, Secret, repository, environment, name)
    if old is not None:
        call.github.store.put(replace(old, value=value, updated_at=now))
        return Reply(204)
    id_ = call.github.store.next_id("Secret")
    call.github.store.put(Secret(id_, repository.id, environment, name, value, now, now))
    return Reply(201, {})


def list_secrets(call: Call) -> Reply:
    """Names of secrets."""
    repository, environment = _scope(call, "secrets", "read")
    return _list(call, Secret, "secrets", repository, environment)


def get_secret(call: Call) -> Reply:
    """One secret's name and times."""
    repository, environment = _scope(call, "secrets", "read")
    return Reply(200, _shape(_existing(call, Secret, repository, environment)))


def delete_secret(call: Call) -> Reply:
    """Delete a secret."""
    repository, environment = _scope(call, "secrets", "write")
    call.github.store.delete(_existing(call, Secret, repository, environment))
    return Reply(204)


def create_variable(call: Call) -> Reply:
    """Create a variable; a taken name is a conflict."""
    repository, environment = _scope(call, "variables", "write")
    wish = call.parse(NewVariable)
    name = _checked_name(wish.name, "Variable")
    if _find(call, Variable, repository, environment, name):
        raise ConflictError("Already exists - Variable already exists")
    now, id_ = call.github.now(), call.github.store.next_id("Variable")
    call.github.store.put(Variable(id_, repository.id, environment, name, wish.value, now, now))
    return Reply(201, {})


def patch_variable(call: Call) -> Reply:
    """Change a variable's value or name."""
    repository, environment = _scope(call, "variables", "write")
    wish = call.parse(ChangedVariable)
    old = _existing(call, Variable, repository, environment)
    name = _checked_name(wish.name, "Variable") if wish.name else old.name
    value = old.value if wish.value is None else wish.value
    call.github.store.put(replace(old, name=name, value=value, updated_at=call.github.now()))
    return Reply(204)


def list_variables(call: Call) -> Reply:
    """Variables with their values."""
    repository, environment = _scope(call, "variables", "read")
    return _list(call, Variable, "variables", repository, environment)


def get_variable(call: Call) -> Reply:
    """One variable."""
    repository, environment = _scope(call, "variables", "read")
    return Reply(200, _shape(_existing(call, Variable, repository, environment)))


def delete_variable(call: Call) -> Reply:
    """Delete a variable."""
    repository, environment = _scope(call, "variables", "write")
    call.github.store.delete(_existing(call, Variable, repository, environment))
    return Reply(204)


def _scope(call: Call, area: str, level: str) -> tuple[Repository, str]:
    repository = call.repository(area, level)
    call.user()
    if "environment" not in call.path:
        return repository, ""
    environment = find_environment(call.github, repository, call.path["environment"])
    if environment is None:
        raise NotFoundError
    return repository, environment.name


def _find(call: Call, kind: type[Any], repository: Repository, environment: str, name: str) -> Any:
    return call.github.store.first(
        kind, repository_id=repository.id, environment=environment, name=name.upper()
    )


def _existing(call: Call, kind: type[Any], repository: Repository, environment: str) -> Any:
    found = _find(call, kind, repository, environment, call.path["name"])
    if found is None:
        raise NotFoundError
    return found


def _list(
    call: Call, kind: type[Any], field: str, repository: Repository, environment: str
) -> Reply:
    found = call.github.store.select(kind, repository_id=repository.id, environment=environment)
    shown, headers = call.page(sorted(found, key=lambda item: item.name))
    body = {"total_count": len(found), field: [_shape(item) for item in shown]}
    return Reply(200, body, headers)


def _shape(item: Secret | Variable) -> dict[str, str]:
    shown = {"name": item.name, "created_at": item.created_at, "updated_at": item.updated_at}
    return shown | ({"value": item.value} if isinstance(item, Variable) else {})


def _checked_name(name: str, kind: str) -> str:
    if not _NAME.fullmatch(name) or name.upper().startswith("GITHUB_"):
        raise ValidationError(
            f"{kind} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or "
            "underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or "
            "underscores (_), and not with GITHUB_."
        )
    return name.upper()


def _private_key(github: LocalGitHub) -> PrivateKey:
    return PrivateKey(github.keep_file("secrets-key", bytes(PrivateKey.generate())))


def _key_id(key: PrivateKey) -> str:
    return str(int.from_bytes(bytes(key.public_key)[:7], "big"))


def _unseal(github: LocalGitHub, wish: NewSecret) -> str:
    key = _private_key(github)
    if wish.key_id != _key_id(key):
        raise ValidationError("The key_id is not that of the current public key; fetch it again.")
    try:
        sealed = base64.b64decode(wish.encrypted_value, validate=True)
        return bytes(SealedBox(key).decrypt(sealed)).decode()
    except (CryptoError, binascii.Error, UnicodeDecodeError) as error:
        raise ValidationError("encrypted_value is not sealed with the public key.") from error


def _routes(base: str) -> tuple[ApiRoute, ...]:
    handlers: tuple[tuple[str, str, Callable[[Call], Reply]], ...] = (
        ("GET", "/secrets/public-key", public_key),
        ("GET", "/secrets", list_secrets),
        ("GET", "/secrets/{name}", get_secret),
        ("PUT", "/secrets/{name}", put_secret),
        ("DELETE", "/secrets/{name}", delete_secret),
        ("GET", "/variables", list_variables),
        ("POST", "/variables", create_variable),
        ("GET", "/variables/{name}", get_variable),
        ("PATCH", "/variables/{name}", patch_variable),
        ("DELETE", "/variables/{name}", delete_variable),
    )
    return tuple(ApiRoute(method, base + path, handler) for method, path, handler in handlers)


ROUTES = _routes(REPO + "/actions") + _routes(REPO + "/environments/{environment}")
