"""Every refusal of this repository: one sentence that names the thing and the remedy.

DeployError
├── SettingsError         project.env, config/<stage>.yml or an input is wrong
├── ModelPackageError     the model package is malformed, foreign, missing or not approved
├── AssetRefusedError     the stack brings a file or an image along
├── ReportError           the outcome of a run could not be reported
├── EndpointError         the endpoint is not in service, or its answer is wrong
└── AwsCallError          AWS refused a call, or there are no credentials
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo


class DeployError(Exception):
    """Something that a person must put right before the deployment can go on."""


class SettingsError(DeployError):
    """A settings file or an input is wrong; correct the value that the sentence names."""


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


class EndpointError(DeployError):
    """The endpoint does not answer as it should; look at its logs in CloudWatch."""


class AwsCallError(DeployError):
    """AWS refused a call; look at the role's permissions."""


def explain(error: ValidationError, model: type[BaseModel], source: str) -> SettingsError:
    """Turn one finding of pydantic into one sentence.

    An unknown key goes first, since a misspelt key also leaves the right one missing. Every field
    of our settings models has a description that completes "give ...".
    """
    findings = error.errors(include_url=False)
    finding = next((f for f in findings if f["type"] == "extra_forbidden"), findings[0])
    *parents, last = (str(part) for part in finding["loc"])
    owner = model
    for parent in parents:
        owner = _nested_model(owner.model_fields[parent.lower()])
    name = ".".join((*parents, last))
    if finding["type"] == "extra_forbidden":
        known = ", ".join(sorted(owner.model_fields))
        return SettingsError(
            f"{source}: {name} is not a known setting; remove it or use one of: {known}."
        )
    wanted = owner.model_fields[last.lower()].description
    state = "missing" if finding["type"] == "missing" else repr(finding["input"])
    return SettingsError(f"{source}: {name} is {state}; give {wanted}.")


def _nested_model(field: FieldInfo) -> type[BaseModel]:
    candidates = (field.annotation, *get_args(field.annotation))
    return next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))


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


def hand_on(name: str, value: str) -> None:
    """Hand a value to the steps that follow in a workflow's job; elsewhere nothing happens."""
    outputs = os.environ.get("GITHUB_OUTPUT")
    if outputs:
        with Path(outputs).open("a", encoding="utf-8") as file:
            file.write(f"{name}={' '.join(value.split())}\n")
