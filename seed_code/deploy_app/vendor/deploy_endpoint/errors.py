"""Every refusal of this repository: one sentence that names the thing and the remedy.

DeployError
├── SettingsError         project.env, a file in config/ or an input is wrong
├── VendoredCodeError     vendor/ is not as the template published it
├── ModelPackageError     the model package is malformed, foreign, missing or not approved
├── AssetRefusedError     the stack brings a file or an image along
├── ReportError           the outcome of a run could not be reported
├── StageAccountError     the account of a stage does not let this repository in, or is another
├── EndpointError         the endpoint is not in service, or its answer is wrong
└── AwsCallError          AWS refused a call, or there are no credentials
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo


class DeployError(Exception):
    """Something that a person must put right before the deployment can go on."""


class SettingsError(DeployError):
    """A settings file or an input is wrong; correct the value that the sentence names."""


class VendoredCodeError(DeployError):
    """A file of `vendor/` differs, which the next version of the template would not know."""

    def __init__(self, name: str, *, others: int) -> None:
        more = f" (and {others} more)" if others else ""
        super().__init__(
            f"vendor/{name}{more} differs from what the template published; take it back from "
            "git's history and put the change into app.py, or run `make eject` to make vendor/ "
            "your own."
        )


class ModelPackageError(DeployError):
    """The model package may not be deployed; choose or approve another."""


class AssetRefusedError(DeployError):
    """The stack brings an asset along, and there is no bootstrap bucket for it."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"The stack brings a CDK {kind} asset along, which would need the CDK bootstrap; "
            "put it into the project's bucket and refer to it there."
        )


class ReportError(DeployError):
    """EventBridge did not take the report of a run."""

    def __init__(self, said: str) -> None:
        super().__init__(
            f"EventBridge did not take the report of this run ({said}); run the workflow again, or "
            "the registry does not know what the stage serves."
        )


class StageAccountError(DeployError):
    """The account of a stage is not prepared; the sentence says by whom and how."""


class EndpointError(DeployError):
    """The endpoint does not answer as it should; look at its logs in CloudWatch."""


class AwsCallError(DeployError):
    """AWS refused a call; look at the role's permissions."""


def explain(error: ValidationError, model: type[BaseModel], source: str) -> SettingsError:
    """Turn one finding of pydantic into one sentence.

    An unknown key goes first, since a misspelt key also leaves the right one missing. Every field
    of our settings models has a description that completes "give ...", and every validator of
    ours raises a sentence without its end.
    """
    findings = error.errors(include_url=False)
    finding = next((f for f in findings if f["type"] == "extra_forbidden"), findings[0])
    if finding["type"] == "value_error":
        return SettingsError(f"{source}: {finding['ctx']['error']}.")
    place = _follow(model, [str(part) for part in finding["loc"]])
    name = ".".join(map(shown, place.names))
    if place.field is None:
        known = ", ".join(sorted(place.owner.model_fields))
        return SettingsError(
            f"{source}: {name} is not a known setting; remove it or use one of: {known}."
        )
    wanted, value = place.field.description, finding["input"]
    missing = finding["type"] == "missing"
    if finding["type"].startswith("union_tag"):
        key, wanted = _discriminator(place.field)
        name = f"{name}.{key}"
        missing = key not in value
        value = value.get(key)
    state = "missing" if missing else repr(value)
    return SettingsError(f"{source}: {name} is {state}; give {wanted}.")


def shown(key: str) -> str:
    """A key as a person wrote it; what would not show is written as Python does."""
    return key if key.isprintable() and key == key.strip() and key else repr(key)


@dataclass(frozen=True)
class _Place:
    """Where a finding lies: the model, its field unless the key is unknown, and the names."""

    owner: type[BaseModel]
    field: FieldInfo | None
    names: list[str]


def _follow(model: type[BaseModel], location: list[str]) -> _Place:
    """Follow pydantic's path; the names leave out which member of a union it took."""
    owner = model
    annotation: Any = model
    field: FieldInfo | None = None
    names: list[str] = []
    for part in location:
        members = _models(annotation)
        taken = [member for member in members if len(members) > 1 and part in _tags(member)]
        if taken:
            annotation = taken[0]
            continue
        if part == "[key]":  # pydantic's word for a key that is none
            continue
        names.append(part)
        if members:
            owner = members[0]
            field = _field(owner, part)
            annotation = field.annotation if field else None
        else:
            # An element has no field of its own; that of its list or mapping describes it.
            annotation = get_args(annotation)[-1]
    return _Place(owner, field, names)


def _field(model: type[BaseModel], part: str) -> FieldInfo | None:
    """Find a field by its name or by its alias in project.env."""
    fields = model.model_fields.items()
    return next((field for name, field in fields if part in (name, field.alias)), None)


def _tags(model: type[BaseModel]) -> set[str]:
    return {
        tag
        for field in model.model_fields.values()
        if get_origin(field.annotation) is Literal
        for tag in get_args(field.annotation)
    }


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The model itself, or the members of a union; what a list or a mapping holds is deeper."""
    is_union = get_origin(annotation) in (Union, UnionType)
    candidates = get_args(annotation) if is_union else (annotation,)
    return [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]


def _discriminator(field: FieldInfo) -> tuple[str, str | None]:
    """The key that tells the members of a union apart, and what may stand there."""
    key = str(field.discriminator)
    return key, _models(field.annotation)[0].model_fields[key].description


@contextmanager
def aws_errors_explained(action: str) -> Iterator[None]:
    """Raise AwsCallError, as one sentence, for whatever botocore raises inside."""
    try:
        yield
    except ClientError as error:
        answer = error.response.get("Error", {})
        message = str(answer.get("Message", "no message")).rstrip(".")
        raise AwsCallError(
            f"AWS refused to {action}: {answer.get('Code', 'unknown code')}, {message}."
        ) from error
    except BotoCoreError as error:
        reason = str(error).rstrip(".")
        raise AwsCallError(f"Could not {action}: {reason}; check sign-in and network.") from error
