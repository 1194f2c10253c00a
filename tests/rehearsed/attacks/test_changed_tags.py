"""Service Catalog may change any tag of a project: the handlers tag no more than the difference."""

from __future__ import annotations

from typing import Any

from rehearsal.laboratory.trials.project import TrialProject
from tests.rehearsed.attacks.conftest import Scene
from tests.rehearsed.attacks.test_ways_up import settled

_DONE: tuple[str, list[str]] = ("UPDATE_COMPLETE", [])


def _update(scene: Scene, project: TrialProject, tags: dict[str, str]) -> tuple[str, list[str]]:
    """Change the tags of a project's stack, and nothing else, as the launch role.

    Returns:
        The stack's status, and why resources failed.
    """
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
    status = settled(client, stack["StackId"])
    events = client.describe_stack_events(StackName=project.stack_name)["StackEvents"]
    return status, [e["ResourceStatusReason"] for e in events if "FAILED" in e["ResourceStatus"]]


def _tags_of_everything(scene: Scene) -> list[dict[str, str]]:
    """Tags of one resource of each type that has some."""
    client, names = scene.ground.world.administrator.client, scene.names()
    project = f"{names['own']}-{names['own_id']}"
    group = client("sagemaker").describe_model_package_group(ModelPackageGroupName=project)
    answers = (
        client("kms").list_resource_tags(KeyId=names["own_key"])["Tags"],
        client("s3").get_bucket_tagging(Bucket=f"mlops-sm-project-{names['own_id']}")["TagSet"],
        client("iam").list_role_tags(RoleName=scene.role_of("build"))["Tags"],
        client("secretsmanager").describe_secret(
            SecretId=f"mlops-sm-project/{names['own_id']}/github-token"
        )["Tags"],
        client("ssm").list_tags_for_resource(
            ResourceType="Parameter", ResourceId=f"/mlops-sm-project/{project}"
        )["TagList"],
        client("sagemaker").list_tags(ResourceArn=group["ModelPackageGroupArn"])["Tags"],
    )
    return [
        {tag.get("Key") or tag["TagKey"]: tag.get("Value") or tag["TagValue"] for tag in tags}
        for tags in answers
    ]


def test_tags_are_added_changed_and_taken_away(scene: Scene) -> None:
    administrator: Any = scene.ground.world.administrator
    stack = administrator.client("cloudformation").describe_stacks(StackName=scene.own.stack_name)
    before = {tag["Key"]: tag["Value"] for tag in stack["Stacks"][0]["Tags"]}
    assert _update(scene, scene.own, {**before, "team": "sea"}) == _DONE
    assert _update(scene, scene.own, {**before, "team": "land"}) == _DONE
    assert all(tags.get("team") == "land" for tags in _tags_of_everything(scene))
    assert _update(scene, scene.own, before) == _DONE
