"""What a project stack makes first, and so deletes last."""

from typing import Any

import pytest

from tests.synth.project_resources import (
    ID,
    NAME,
    STAGES,
    before,
    find,
    find_content,
    find_role,
    render,
)

_STAGE_DUTIES = [f"{kind}-{stage}" for stage in STAGES for kind in ("deploy", "cloudformation")]


def test_first_build_starts_when_everything_else_is_there(resources: dict[str, Any]) -> None:
    content, _ = find_content(resources, "build")
    alias, _ = find(resources, "AWS::KMS::Alias")
    assert resources.keys() - before(resources, content) == {content, alias}


@pytest.mark.parametrize("duty", ["execution", "build", *_STAGE_DUTIES])
def test_roles_are_gone_when_the_data_is_cleaned_up(resources: dict[str, Any], duty: str) -> None:
    clean_up, _ = find(resources, "Custom::ProjectData")
    role, _ = find_role(resources, duty)
    assert clean_up in before(resources, role)


def test_endpoint_goes_after_who_deploys_and_before_what_it_needs(
    resources: dict[str, Any],
) -> None:
    endpoints, properties = find(resources, "Custom::ProjectEndpoints")
    assert [render(name) for name in properties["StackNames"]] == [
        f"mlops-{ID}-{stage}" for stage in STAGES
    ]
    assert properties["ProjectId"] == {"Ref": "SageMakerProjectId"}
    for stage in STAGES:
        deploy, _ = find_role(resources, f"deploy-{stage}")
        assert endpoints in before(resources, deploy)
    for duty in ("execution", *(f"cloudformation-{stage}" for stage in STAGES)):
        role, _ = find_role(resources, duty)
        assert role in before(resources, endpoints)


def test_data_is_there_when_it_is_cleaned_up(resources: dict[str, Any]) -> None:
    clean_up, properties = find(resources, "Custom::ProjectData")
    made_before = {resources[name]["Type"] for name in before(resources, clean_up)}
    assert made_before == {
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SageMaker::ModelPackageGroup",
    }
    assert render(properties["PipelineName"]) == f"{NAME}-{ID}"
    assert render(properties["ModelPackageGroupName"]) == f"{NAME}-{ID}"
    assert properties["OnDelete"] == {"Ref": "DataOnDelete"}
