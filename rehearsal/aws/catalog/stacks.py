"""Stacks of provisioned products, in MiniStack's CloudFormation."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, engine, handlers

from rehearsal.aws.service_kit.event_loop import on_event_loop
from rehearsal.aws.service_kit.operations import Record

# Service Catalog launches from its own copy of a template; this address stands for that copy.
_OWN_COPY = "https://s3.amazonaws.com/servicecatalog/"
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
_UNCHANGED = "No updates are to be performed"
_CANCELLED = "Resource creation cancelled"

Form = dict[str, str]


class StackRefusedError(Exception):
    """CloudFormation did not accept the request; the message is CloudFormation's."""


class StackUnchangedError(StackRefusedError):
    """The stack is already what was asked for."""


def serve_templates(template_of: Callable[[str], str]) -> None:
    """Let CloudFormation read the service's own copies, by artifact id."""
    resolve = handlers._resolve_template

    def resolve_template(params: dict[str, list[str]]) -> Any:
        url = params.get("TemplateURL", [""])[0]
        if url.startswith(_OWN_COPY):
            return template_of(url.removeprefix(_OWN_COPY)), None
        return resolve(params)

    for module in (handlers, changesets):
        module._resolve_template = resolve_template


def launch_form(provisioned: Record, parameters: Mapping[str, str | None]) -> Form:
    """What makes a stack, or a change of it, of a launched product.

    Args:
        provisioned: names the version, whose template is used.
        parameters: values by name; None keeps the value that the stack has.
    """
    url = f"{_OWN_COPY}{provisioned['ProvisioningArtifactId']}"
    form = {"StackName": provisioned["_stack"], "TemplateURL": url}
    for number, capability in enumerate(_CAPABILITIES, 1):
        form[f"Capabilities.member.{number}"] = capability
    for number, (key, value) in enumerate(sorted(parameters.items()), 1):
        form[f"Parameters.member.{number}.ParameterKey"] = key
        if value is None:
            form[f"Parameters.member.{number}.UsePreviousValue"] = "true"
        else:
            form[f"Parameters.member.{number}.ParameterValue"] = value
    for number, tag in enumerate(provisioned["Tags"], 1):
        form |= {f"Tags.member.{number}.{name}": text for name, text in tag.items()}
    return form


def deletion_form(name: str, *, retain: bool) -> Form:
    """What deletes a stack; `retain` leaves its resources alone where that is possible."""
    form = {"StackName": name}
    stack = read(name)
    if retain and stack and stack["StackStatus"] == "DELETE_FAILED":
        kept = enumerate(stack["_resources"], 1)
        form |= {f"RetainResources.member.{number}": key for number, key in kept}
    return form


def read(name: str) -> Record | None:
    """A stack as DescribeStacks has it; None when there is none of that name."""
    stack: Record | None = cloudformation._stacks.get(name)
    return stack


def change_set(name: str) -> Record:
    """A change set as DescribeChangeSet has it, by its name."""
    found: list[Record] = [
        one for one in cloudformation._change_sets.values() if one["ChangeSetName"] == name
    ]
    return found[0]


def changes_of(made: Record) -> list[Record]:
    """The changes of a change set; MiniStack's own do not see which conditions hold.

    Source: CloudFormation user guide, "Condition functions": what a condition excludes is no part
    of the stack.
    """
    template, values = made["_template"], made["_resolved_params"]
    holds = engine._evaluate_conditions(template, values)
    there = read(made["StackName"]) or {}
    had: Mapping[str, Record] = there.get("_resources", {})
    wanted = {
        name: resource
        for name, resource in template["Resources"].items()
        if holds.get(resource.get("Condition", ""), True)
    }
    told = [one["ResourceChange"] for one in made["Changes"]]
    kept = [one for one in told if one["LogicalResourceId"] in wanted.keys() & had.keys()]
    added = [_whole("Add", name, wanted[name]["Type"]) for name in wanted if name not in had]
    gone = [name for name in had if name not in wanted]
    return kept + added + [_whole("Remove", name, had[name]["ResourceType"]) for name in gone]


def _whole(action: str, name: str, kind: str) -> Record:
    return {"Action": action, "LogicalResourceId": name, "ResourceType": kind}


def failure_reason(stack: Record) -> str:
    """What went wrong in a stack, in the words of the first resource of the last operation."""
    first = ""
    for event in reversed(cloudformation._stack_events.get(stack["StackId"], [])):
        own = event["LogicalResourceId"] == event["StackName"]
        status, reason = event["ResourceStatus"], event["ResourceStatusReason"]
        if own and reason == "User Initiated" and "ROLLBACK" not in status:
            break
        if status.endswith("_FAILED") and reason and reason != _CANCELLED:
            first = reason if own else f"{event['LogicalResourceId']}: {reason}"
    return first or stack.get("StackStatusReason") or str(stack["StackStatus"])


def arn_pattern(name: str) -> str:
    """ARN of a stack before it has its id."""
    return f"arn:aws:cloudformation:{get_region()}:{get_account_id()}:stack/{name}/new"


def call(action: str, form: Form) -> None:
    """Run a CloudFormation action, which starts a task and so must run on the event loop.

    Raises:
        StackUnchangedError: there is nothing to change.
        StackRefusedError: such as for a parameter outside its pattern.
    """
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
