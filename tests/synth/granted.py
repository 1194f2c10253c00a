"""Writes `granted.yml`: what each policy of each template grants, for people who review a change.

    python -m tests.synth.granted

Stages: take the policies out of the templates, with short forms and references written as text;
name each after its resource; write them in the templates' order, actions sorted. What the settings
add is shown by those resources alone that grant something else with them. A project is shown with
the stages that it has if nobody names others.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from cfnlint.decode import cfn_yaml

from tests.synth.conftest import ALLOWED, ROOT, STAGE_ACCOUNT_FILE, Synthesis, synthesize
from tests.synth.launched import launch_stages

FILE = Path(__file__).with_name("granted.yml")
PREREQUISITES_FILE = ROOT / "prerequisites" / "prerequisites.yml"
_HEAD = """\
# What each policy of each template grants. Written by `python -m tests.synth.granted`; a test tells
# when it is no longer what the templates say. Read the difference as you would read code.
"""
_NAMES = ("RoleName", "FunctionName", "QueueName", "ModelPackageGroupName")
# What each type's policies lie under, and how they are called here.
_DOCUMENTS = {
    "AssumeRolePolicyDocument": "may be taken by",
    "KeyPolicy": "grants",
    "ModelPackageGroupPolicy": "grants",
    "PolicyDocument": "grants",
}
_HASH = re.compile(r"[0-9A-F]{8}$")

Grants = dict[str, dict[str, Any]]


def grants_of(template: Mapping[str, Any]) -> Grants:
    """What each resource with a policy grants, by a name that holds no logical id's hash.

    Args:
        template: of CloudFormation, with short forms written out.
    """
    found: Grants = {}
    for logical_id, resource in template["Resources"].items():
        policies = dict(_policies(resource))
        if policies:
            name = _name(logical_id, resource)
            assert name not in found, name
            found[name] = policies
    return found


def _name(logical_id: str, resource: Mapping[str, Any]) -> str:
    properties = resource["Properties"]
    names = [_text(properties[key]) for key in _NAMES if key in properties]
    kind = resource["Type"].rpartition("::")[2]
    # One function has several permissions, so its name does not tell them apart.
    own = names[0] if names and kind != "Permission" else _HASH.sub("", logical_id)
    return f"{kind} {own}"


def _policies(resource: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    properties = resource["Properties"]
    if resource["Type"] == "AWS::Lambda::Permission":
        yield "grants", {key: _text(value) for key, value in sorted(properties.items())}
    if "PermissionsBoundary" in properties:
        yield "at most", _text(properties["PermissionsBoundary"])
    for key, title in _DOCUMENTS.items():
        if key in properties:
            yield title, _document(properties[key])
    for policy in properties.get("Policies", ()):
        for when, one in _branches(policy):
            yield f"policy {_text(one['PolicyName'])}{when}", _document(one["PolicyDocument"])
    known = {*_DOCUMENTS, "Policies", "PermissionsBoundary"}
    assert "Statement" not in json.dumps({k: v for k, v in properties.items() if k not in known})


def _branches(policy: Any) -> Iterator[tuple[str, Any]]:
    """A policy, or those that a condition chooses between, with when they hold."""
    if "Fn::If" not in policy:
        yield "", policy
        return
    condition, *branches = policy["Fn::If"]
    for when, branch in zip((f" if {condition}", f" unless {condition}"), branches, strict=True):
        if branch != {"Ref": "AWS::NoValue"}:
            yield when, branch


def _document(value: Any) -> list[Any]:
    if "Fn::If" in value:
        condition, *branches = value["Fn::If"]
        granted = [_document(one) if "Statement" in one else [_text(one)] for one in branches]
        return [{f"if {condition}": granted[0], "otherwise": granted[1]}]
    # Where a parameter is part of a key, a document is text with references in it.
    document = value if "Statement" in value else json.loads(_text(value))
    return [_statement(one) for one in _list(document["Statement"])]


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    """A statement in the order in which it is read: what, to whom, of what, when."""
    rest = dict(statement)
    effect, told = rest.pop("Effect"), {}
    if "Action" in rest:
        told[effect] = sorted(map(_text, _list(rest.pop("Action"))))
    else:
        told["Effect"] = effect
    for key, title in (("Principal", "to"), ("Resource", "resources"), ("Condition", "when")):
        if key in rest:
            told[title] = _plain(rest.pop(key))
    return {**told, **{key: _plain(value) for key, value in sorted(rest.items())}}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> Any:
    """Values with references as text; lists, whose order says nothing, sorted."""
    if isinstance(value, list):
        return sorted((_plain(one) for one in value), key=str)
    if isinstance(value, dict) and not _is_function(value):
        return {key: _plain(one) for key, one in sorted(value.items())}
    return _text(value)


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))


def _text(value: Any) -> str:
    """A name as `Fn::Sub` would write it; references to our resources without their hash."""
    if not isinstance(value, dict):
        return str(value)
    ((function, argument),) = value.items()
    if function == "Ref":
        return f"${{{_HASH.sub('', argument)}}}"
    if function == "Fn::Sub" and isinstance(argument, str):
        return argument
    if function == "Fn::GetAtt":
        resource, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
        return f"${{{_HASH.sub('', resource)}.{attribute}}}"
    if function == "Fn::Join":
        separator, parts = argument
        if isinstance(parts, list):
            return str(separator).join(map(_text, parts))
    if function == "Fn::If":
        return " or ".join(map(_text, argument[1:]))
    return f"{function} {json.dumps(argument, sort_keys=True)}"


def write_granted(plain: Synthesis, generous: Synthesis) -> str:
    """The text of `granted.yml`.

    Args:
        plain: a synthesis without optional settings.
        generous: one with all those that let projects reach more.
    """
    told: dict[str, Any] = {
        "registration": grants_of(_read(plain.registration_file)),
        "project": grants_of(launch_stages(_read(plain.product_file))),
        "stage account": grants_of(_read(STAGE_ACCOUNT_FILE)),
        "prerequisites": grants_of(_read(PREREQUISITES_FILE)),
    }
    for title, template in (
        ("registration", _read(generous.registration_file)),
        ("project", launch_stages(_read(generous.product_file))),
    ):
        told[f"{title} with every setting that a company may add"] = _other(
            told[title], grants_of(template)
        )
    dumped = yaml.dump(told, Dumper=_WithoutAliases, sort_keys=False, width=100, allow_unicode=True)
    return _HEAD + dumped


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _other(before: Grants, after: Grants) -> Grants:
    """The policies that a setting changes, as they are then; `none` for one that is gone."""
    return {
        name: changed
        for name in {**before, **after}
        for old, new in [(before.get(name, {}), after.get(name, {}))]
        for changed in [{k: new.get(k, "none") for k in {**old, **new} if old.get(k) != new.get(k)}]
        if changed
    }


def _read(file: Path) -> dict[str, Any]:
    # Strings, not the nodes that cfn-lint remembers places in.
    template: dict[str, Any] = json.loads(json.dumps(cfn_yaml.load(str(file))))
    return template


def main() -> None:
    """Synthesize twice and write the file."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        plain = synthesize(Path(one), "1", validated=False)
        generous = synthesize(Path(other), "1", validated=False, **ALLOWED)
        FILE.write_text(write_granted(plain, generous), encoding="utf-8")


if __name__ == "__main__":
    main()
