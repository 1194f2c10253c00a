"""Service Catalog may change any tag of a project: the handlers tag no more than the difference."""

from __future__ import annotations

from typing import Any

from rehearsal.trials.project import TrialProject
from tests.rehearsal.attacks.conftest import Scene
from tests.rehearsal.attacks.test_ways_up import settled


def _update(scene: Scene, project: TrialProject, tags: dict[str, str]) -> str:
    """Change the tags of a project's stack, and nothing else, as the launch role."""
    client = scene.as_role(scene.role_of("launch")).client("cloudformation")
    stack = client.describe_stacks(StackName=project.stack_name)["Stacks"][0]
    kept = [
        {"ParameterKey": parameter["ParameterKey"], "UsePreviousValue": True}
        for parameter in stack["Parameters"]
    ]
    client.update_stack(
        StackName=project.stack_name,
        UsePreviousTemplate=True,
        Parameters=kept,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    return settled(client, stack["StackId"])


def test_tags_are_added_changed_and_taken_away(scene: Scene) -> None:
    administrator: Any = scene.ground.world.administrator
    stack = administrator.client("cloudformation").describe_stacks(StackName=scene.own.stack_name)
    before = {tag["Key"]: tag["Value"] for tag in stack["Stacks"][0]["Tags"]}
    assert _update(scene, scene.own, {**before, "team": "sea"}) == "UPDATE_COMPLETE"
    assert _update(scene, scene.own, {**before, "team": "land"}) == "UPDATE_COMPLETE"
    found = administrator.client("kms").list_resource_tags(KeyId=scene.names()["own_key"])["Tags"]
    assert {"TagKey": "team", "TagValue": "land"} in found
    role = administrator.client("iam").list_role_tags(RoleName=scene.role_of("build"))["Tags"]
    assert {"Key": "team", "Value": "land"} in role
    assert _update(scene, scene.own, before) == "UPDATE_COMPLETE"
