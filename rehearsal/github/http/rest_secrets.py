"""REST: Actions secrets and variables of a repository, as far as they are set.

Imitated: https://docs.github.com/en/rest/actions/secrets and /rest/actions/variables
(API version 2022-11-28). Secrets travel as libsodium sealed boxes; their values never come back.
"""

import base64
import binascii
import re
from dataclasses import replace

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from pydantic import BaseModel

from rehearsal.github.core.errors import ConflictError, NotFoundError, ValidationError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import NamedValue, Secret, Variable
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply

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

    value: str


def public_key(call: Call) -> Reply:
    """The key that secrets are sealed with."""
    call.repository("secrets")
    call.user()
    key = _private_key(call.github)
    encoded = base64.b64encode(bytes(key.public_key)).decode()
    return Reply(200, {"key_id": _key_id(key), "key": encoded})


def put_secret(call: Call) -> Reply:
    """Create or replace a secret."""
    repository, store = call.repository("secrets", "write"), call.github.store
    wish = call.parse(NewSecret)
    name = _checked_name(call.path["name"], "Secret")
    value = _unseal(call.github, wish)
    now = call.github.now()
    old = store.first(Secret, repository_id=repository.id, name=name)
    if old is not None:
        store.put(replace(old, value=value, updated_at=now))
        return Reply(204)
    store.put(Secret(store.next_id("Secret"), repository.id, now, now, name, value))
    return Reply(201, {})


def list_secrets(call: Call) -> Reply:
    """Which secrets there are; nobody gets their values."""
    repository = call.repository("secrets")
    call.user()
    secrets = call.github.store.select(Secret, repository_id=repository.id)
    return call.paged(sorted(secrets, key=lambda one: one.name), _times, "secrets")


def list_variables(call: Call) -> Reply:
    """The variables with their values."""
    repository = call.repository("variables")
    call.user()
    variables = call.github.store.select(Variable, repository_id=repository.id)
    return call.paged(sorted(variables, key=lambda one: one.name), _with_value, "variables")


def get_variable(call: Call) -> Reply:
    """One variable."""
    return Reply(200, _with_value(_variable(call, "read")))


def update_variable(call: Call) -> Reply:
    """Change a variable's value."""
    known = _variable(call, "write")
    wish = call.parse(ChangedVariable)
    call.github.store.put(replace(known, value=wish.value, updated_at=call.github.now()))
    return Reply(204)


def _variable(call: Call, access: str) -> Variable:
    repository = call.repository("variables", access)
    call.user()
    name = call.path["name"].upper()
    known = call.github.store.first(Variable, repository_id=repository.id, name=name)
    if known is None:
        raise NotFoundError
    return known


def _times(record: NamedValue) -> dict[str, str]:
    return {
        "name": record.name,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def _with_value(record: Variable) -> dict[str, str]:
    return {**_times(record), "value": record.value}


def create_variable(call: Call) -> Reply:
    """Create a variable; a taken name is a conflict."""
    repository, store = call.repository("variables", "write"), call.github.store
    wish = call.parse(NewVariable)
    name = _checked_name(wish.name, "Variable")
    if store.first(Variable, repository_id=repository.id, name=name):
        raise ConflictError("Already exists - Variable already exists")
    now, id_ = call.github.now(), store.next_id("Variable")
    store.put(Variable(id_, repository.id, now, now, name, wish.value))
    return Reply(201, {})


def _checked_name(name: str, kind: str) -> str:
    if not _NAME.fullmatch(name) or name.upper().startswith("GITHUB_"):
        raise ValidationError(
            f"{kind} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or "
            "underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or "
            "underscores (_), and not with GITHUB_."
        )
    return name.upper()


def _private_key(github: LocalGitHub) -> PrivateKey:
    return PrivateKey(github.keep_file("secrets-key", lambda: bytes(PrivateKey.generate())))


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


ROUTES = (
    ApiRoute("GET", REPO + "/actions/secrets/public-key", public_key),
    ApiRoute("PUT", REPO + "/actions/secrets/{name}", put_secret),
    ApiRoute("GET", REPO + "/actions/secrets", list_secrets),
    ApiRoute("GET", REPO + "/actions/variables", list_variables),
    ApiRoute("POST", REPO + "/actions/variables", create_variable),
    ApiRoute("GET", REPO + "/actions/variables/{name}", get_variable),
    ApiRoute("PATCH", REPO + "/actions/variables/{name}", update_variable),
)
