"""Stacks of provisioned products, in MiniStack's CloudFormation."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

from rehearsal.aws.service_kit.event_loop import on_event_loop

# Service Catalog launches from its own copy of a template; this address stands for that copy.
_OWN_COPY = "https://s3.amazonaws.com/servicecatalog/"
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
_UNCHANGED = "No updates are to be performed"
_CANCELLED = "Resource creation cancelled"


class StackRefusedError(Exception):
    """CloudFormation did not accept the request; the message is CloudFormation's."""


class StackUnchangedError(StackRefusedError):
    """The stack is already what was asked for."""


@dataclass(frozen=True)
class StackRequest:
    """What a stack is to become.

    Attributes:
        artifact_id: version of the product, whose template is used.
        parameters: values by name; None keeps the value that the stack has.
    """

    name: str
    artifact_id: str
    parameters: Mapping[str, str | None]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class StackState:
    """How a stack stands."""

    id: str
    status: str
    reason: str
    outputs: dict[str, str]
    parameters: frozenset[str]


def serve_templates(template_of: Callable[[str], str]) -> None:
    """Let CloudFormation read the service's own copies, by artifact id."""
    resolve = handlers._resolve_template

    def resolve_template(params: dict[str, list[str]]) -> Any:
        url = params.get("TemplateURL", [""])[0]
        if url.startswith(_OWN_COPY):
            return template_of(url.removeprefix(_OWN_COPY)), None
        return resolve(params)

    handlers._resolve_template = resolve_template


def create(request: StackRequest) -> None:
    """Start to create a stack.

    Raises:
        StackRefusedError: such as for a parameter outside its pattern.
    """
    _call("CreateStack", _form(request))


def update(request: StackRequest) -> None:
    """Start to update a stack.

    Raises:
        StackUnchangedError: there is nothing to change.
        StackRefusedError: such as for a parameter outside its pattern.
    """
    _call("UpdateStack", _form(request))


def delete(name: str, *, retain: bool = False) -> None:
    """Start to delete a stack; `retain` leaves its resources alone where that is possible."""
    form = {"StackName": name}
    state = read(name)
    if retain and state and state.status == "DELETE_FAILED":
        kept = cloudformation._stacks[name]["_resources"]
        form |= {f"RetainResources.member.{n}": key for n, key in enumerate(kept, 1)}
    _call("DeleteStack", form)


def read(name: str) -> StackState | None:
    """How a stack stands; None when there is none of that name."""
    stack = cloudformation._stacks.get(name)
    if stack is None:
        return None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    parameters = frozenset(p["ParameterKey"] for p in stack["Parameters"])
    reason = stack.get("StackStatusReason") or ""
    return StackState(stack["StackId"], stack["StackStatus"], reason, outputs, parameters)


def failure_reason(state: StackState) -> str:
    """What went wrong in a stack, in the words of the first resource of the last operation."""
    first = ""
    for event in reversed(cloudformation._stack_events.get(state.id, [])):
        own = event["LogicalResourceId"] == event["StackName"]
        status, reason = event["ResourceStatus"], event["ResourceStatusReason"]
        if own and reason == "User Initiated" and "ROLLBACK" not in status:
            break
        if status.endswith("_FAILED") and reason and reason != _CANCELLED:
            first = reason if own else f"{event['LogicalResourceId']}: {reason}"
    return first or state.reason or state.status


def arn_pattern(name: str) -> str:
    """ARN of a stack before it has its id."""
    return f"arn:aws:cloudformation:{get_region()}:{get_account_id()}:stack/{name}/new"


def _form(request: StackRequest) -> dict[str, str]:
    form = {"StackName": request.name, "TemplateURL": _OWN_COPY + request.artifact_id}
    for number, capability in enumerate(_CAPABILITIES, 1):
        form[f"Capabilities.member.{number}"] = capability
    for number, (key, value) in enumerate(sorted(request.parameters.items()), 1):
        form[f"Parameters.member.{number}.ParameterKey"] = key
        if value is None:
            form[f"Parameters.member.{number}.UsePreviousValue"] = "true"
        else:
            form[f"Parameters.member.{number}.ParameterValue"] = value
    for number, (key, value) in enumerate(sorted(request.tags.items()), 1):
        form[f"Tags.member.{number}.Key"] = key
        form[f"Tags.member.{number}.Value"] = value
    return form


def _call(action: str, form: dict[str, str]) -> None:
    """Run a CloudFormation action, which starts a task and so must run on the event loop."""
    params = {"Action": [action], **{key: [value] for key, value in form.items()}}
    place = {"account": get_account_id(), "region": get_region()}
    act = functools.partial(handlers._ACTION_HANDLERS[action], params)
    answer = on_event_loop(act, **place, patience_seconds=None)
    if answer is None:
        raise StackRefusedError("The local AWS is about to end; ask again when it has started.")
    status, _headers, body = answer
    if status >= 300:
        document = ElementTree.fromstring(body)  # noqa: S314 # MiniStack's own answer
        message = document.findtext(".//{*}Message") or f"{action} failed"
        raise (StackUnchangedError if _UNCHANGED in message else StackRefusedError)(message)
