"""A version's model card must follow the schema that AWS publishes, or nothing is registered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.sagemaker.packages import register
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws

# What the integration test of AWS's own SDK registers, with the other parts of the schema.
CARD = {
    "model_overview": {"model_creator": "TestCreator", "model_artifact": ["s3://b/model.tar.gz"]},
    "intended_uses": {"purpose_of_model": "Test model card.", "risk_rating": "Low"},
    "business_details": {"line_of_business": "Services that the business is offering."},
    "training_details": {
        "objective_function": {
            "function": {"function": "Minimize", "facet": "Loss"},
            "notes": "reg:squarederror",
        },
        "training_observations": "none",
        "training_job_details": {
            "training_arn": "arn:aws:sagemaker:eu-west-1:111122223333:training-job/x",
            "training_datasets": ["s3://b/data.csv"],
            "training_environment": {"container_image": ["image"]},
            "hyper_parameters": [{"name": "eta", "value": "0.1"}],
            "training_metrics": [{"name": "train:rmse", "value": 1.9, "notes": "last"}],
        },
    },
    "evaluation_details": [
        {
            "name": "Example evaluation job",
            "evaluation_observation": "Evaluation observations.",
            "metadata": {"gate": "mse"},
            "metric_groups": [
                {
                    "name": "metrics",
                    "metric_data": [
                        {"name": "accuracy", "type": "number", "value": 0.5},
                        {
                            "name": "confusion",
                            "type": "matrix",
                            "value": [[1, 2], [3, 4]],
                            "x_axis_name": ["a", "b"],
                        },
                    ],
                }
            ],
        }
    ],
    "additional_information": {"custom_details": {"custom details1": "details value"}},
}


@pytest.fixture
def group(aws: SageMakerAws) -> str:
    aws.put("artifacts/model.tar.gz", "model")
    name = "with-cards"
    listed = aws.sagemaker.list_model_package_groups(NameContains=name)
    if not listed["ModelPackageGroupSummaryList"]:
        aws.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    return name


def card(content: Any, status: str = "Draft") -> dict[str, str]:
    text = content if isinstance(content, str) else json.dumps(content)
    return {"ModelCardContent": text, "ModelCardStatus": status}


def described(aws: SageMakerAws, arn: str) -> dict[str, str]:
    found: dict[str, str] = aws.sagemaker.describe_model_package(ModelPackageName=arn)["ModelCard"]
    return found


def test_a_card_that_follows_the_schema_is_kept(aws: SageMakerAws, group: str) -> None:
    arn = register(aws, group, ModelCard=card(CARD))
    assert described(aws, arn) == card(CARD)


def with_part(path: tuple[str | int, ...], value: Any) -> Any:
    changed = json.loads(json.dumps(CARD))
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


JOB = ("training_details", "training_job_details")
REFUSED = {
    "not JSON": "{'model_overview': {}}",
    "no object": "[]",
    "unknown part": with_part(("audience",), "all"),
    "details of packages, which other cards have": with_part(("model_package_details",), {}),
    "overview of another card": with_part(("model_overview", "model_name"), "rings"),
    "names as CloudFormation has them": {"ModelOverview": {"ModelCreator": "x"}},
    "number for a text": with_part(("intended_uses", "purpose_of_model"), 5),
    "unknown rating": with_part(("intended_uses", "risk_rating"), "Lowest"),
    "long text": with_part(("intended_uses", "purpose_of_model"), "x" * 2049),
    "objective that is a text": with_part(("training_details", "objective_function"), "mse"),
    "value that is a number": with_part((*JOB, "hyper_parameters", 0, "value"), 0.1),
    "empty value": with_part((*JOB, "hyper_parameters", 0, "value"), ""),
    "evaluation without name": with_part(("evaluation_details", 0), {}),
    "metric without value": with_part(
        ("evaluation_details", 0, "metric_groups", 0, "metric_data", 0),
        {"name": "mse", "type": "number"},
    ),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_another_card_is_refused_and_nothing_registered(
    aws: SageMakerAws, group: str, content: Any
) -> None:
    before = aws.sagemaker.list_model_packages(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match=r"ValidationException.*ModelCardContent"):
        register(aws, group, ModelCard=card(content))
    after = aws.sagemaker.list_model_packages(ModelPackageGroupName=group)
    assert after["ModelPackageSummaryList"] == before["ModelPackageSummaryList"]


def test_an_update_is_held_to_the_same_and_keeps_what_it_does_not_name(
    aws: SageMakerAws, group: str
) -> None:
    arn = register(aws, group, ModelCard=card(CARD))
    update = aws.sagemaker.update_model_package
    with pytest.raises(ClientError, match="ModelCardContent"):
        update(ModelPackageArn=arn, ModelCard=card({"audience": "all"}))
    update(ModelPackageArn=arn, ModelCard={"ModelCardStatus": "Archived"})
    assert described(aws, arn) == card(CARD, "Archived")
    with pytest.raises(ClientError, match="Model Card is in Archived state"):
        update(ModelPackageArn=arn, ModelCard={"ModelCardContent": "{}"})
