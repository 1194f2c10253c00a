"""Stacks with SageMaker resources."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.sagemaker.sagemaker_aws import IMAGE, SageMakerAws, archive


def template(aws: SageMakerAws, model_data_url: str) -> dict[str, Any]:
    """A model, its configuration and an endpoint, named by CloudFormation but for the last."""

    def attribute(resource: str, name: str) -> dict[str, Any]:
        return {"Fn::GetAtt": [resource, name]}

    variant = {
        "VariantName": "AllTraffic",
        "ModelName": attribute("Model", "ModelName"),
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": "1",
    }
    container = {"Image": IMAGE, "ModelDataUrl": model_data_url}
    properties = {
        "Model": {"ExecutionRoleArn": aws.role_arn, "PrimaryContainer": container},
        "EndpointConfig": {"ProductionVariants": [variant]},
        "Endpoint": {
            "EndpointName": "stacked",
            "EndpointConfigName": attribute("EndpointConfig", "EndpointConfigName"),
        },
    }
    return {
        name: {"Type": f"AWS::SageMaker::{name}", "Properties": given}
        for name, given in properties.items()
    }


def update(aws: SageMakerAws, name: str, resources: dict[str, Any]) -> str:
    aws.client("cloudformation").update_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": resources})
    )
    return str(aws.settled(name)["StackStatus"])


def physical_ids(aws: SageMakerAws, name: str) -> dict[str, str]:
    client = aws.client("cloudformation")
    found = client.describe_stack_resources(StackName=name)["StackResources"]
    return {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in found}


def test_endpoint_stack_lives_changes_and_goes(aws: SageMakerAws, model_data_url: str) -> None:
    stack = aws.stack("endpoint-stack", template(aws, model_data_url))
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.failures("endpoint-stack")
    before = physical_ids(aws, "endpoint-stack")
    assert before["Endpoint"] == "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/stacked"
    assert before["Model"].startswith("arn:aws:sagemaker:eu-west-1:111122223333:model/")
    assert float(aws.predict("stacked", "0.9,0.5,0.1"))

    other = aws.s3.get_object(Bucket="sagemaker-tests", Key=model_data_url.split("/", 3)[3])
    copied = aws.put("models/copied/model.tar.gz", other["Body"].read())
    changed = update(aws, "endpoint-stack", template(aws, copied))
    assert changed == "UPDATE_COMPLETE", aws.failures("endpoint-stack")
    after = physical_ids(aws, "endpoint-stack")
    assert after["Endpoint"] == before["Endpoint"]
    assert after["Model"] != before["Model"]
    assert after["EndpointConfig"] != before["EndpointConfig"]
    shown = aws.sagemaker.describe_endpoint(EndpointName="stacked")
    assert after["EndpointConfig"].endswith(shown["EndpointConfigName"])
    with pytest.raises(ClientError, match="Could not find model"):
        aws.sagemaker.describe_model(ModelName=before["Model"].rsplit("/", 1)[-1])

    forbidden = template(aws, copied)
    forbidden["Model"]["Properties"]["ExecutionRoleArn"] = f"{aws.role_arn}-gone"
    assert update(aws, "endpoint-stack", forbidden) == "UPDATE_ROLLBACK_COMPLETE"
    assert float(aws.predict("stacked", "0.9,0.5,0.1"))

    assert aws.delete_stack("endpoint-stack") == "DELETE_COMPLETE"
    assert aws.sagemaker.list_endpoints(NameContains="stacked")["Endpoints"] == []


def test_a_silent_rollback_leaves_a_stack_that_tells_another_configuration(
    aws: SageMakerAws, model_data_url: str
) -> None:
    """The stack succeeds, its clean-up deletes what still serves, and nothing changes it again."""
    resources = template(aws, model_data_url)
    resources["Endpoint"]["Properties"]["EndpointName"] = "silent"
    aws.stack("silent-stack", resources)
    before = aws.sagemaker.describe_endpoint(EndpointName="silent")
    broken = aws.put("models/silent.tar.gz", archive(**{"surplus.txt": "x"}))
    resources["Model"]["Properties"]["PrimaryContainer"]["ModelDataUrl"] = broken
    assert update(aws, "silent-stack", resources) == "UPDATE_COMPLETE"
    shown = aws.sagemaker.describe_endpoint(EndpointName="silent")
    assert (shown["EndpointStatus"], "FailureReason" in shown) == ("InService", False)
    assert shown["EndpointConfigName"] == before["EndpointConfigName"]
    told = physical_ids(aws, "silent-stack")["EndpointConfig"].rpartition("/")[2]
    assert told != shown["EndpointConfigName"]
    assert float(aws.predict("silent", "0.9,0.5,0.1"))
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        aws.sagemaker.update_endpoint(EndpointName="silent", EndpointConfigName=told)
    assert aws.delete_stack("silent-stack") == "DELETE_COMPLETE"


def test_endpoint_that_fails_fails_its_stack(aws: SageMakerAws) -> None:
    broken = aws.put("models/never.tar.gz", archive(**{"surplus.txt": "x"}))
    resources = template(aws, broken)
    resources["Endpoint"]["Properties"]["EndpointName"] = "never"
    stack = aws.stack("failing-stack", resources)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "holds no 'xgboost-model'" in aws.failures("failing-stack")["Endpoint"]
    assert aws.sagemaker.list_endpoints(NameContains="never")["Endpoints"] == []
    assert aws.sagemaker.list_models(NameContains="failing-stack")["Models"] == []


def test_group_keeps_its_versions(aws: SageMakerAws) -> None:
    group = {"ModelPackageGroupName": "stacked-group", "Tags": [{"Key": "a", "Value": "1"}]}
    resources = {"Group": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": group}}
    stack = aws.stack("group-stack", resources)
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.failures("group-stack")
    arn = physical_ids(aws, "group-stack")["Group"]
    assert arn.endswith(":model-package-group/stacked-group")
    assert {"Key": "a", "Value": "1"} in aws.sagemaker.list_tags(ResourceArn=arn)["Tags"]
    group["Tags"] = [{"Key": "a", "Value": "2"}]
    assert update(aws, "group-stack", resources) == "UPDATE_COMPLETE"
    assert {"Key": "a", "Value": "2"} in aws.sagemaker.list_tags(ResourceArn=arn)["Tags"]
    # No operation changes a description, so another one needs another group.
    described = {**group, "ModelPackageGroupDescription": "described"}
    changed = {"Group": {**resources["Group"], "Properties": described}}
    assert update(aws, "group-stack", changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert "already exists" in aws.failures("group-stack")["Group"]
    url = aws.put("artifacts/grouped.tar.gz", b"x")
    specification = {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": url}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    package = aws.sagemaker.create_model_package(
        ModelPackageGroupName="stacked-group", InferenceSpecification=specification
    )["ModelPackageArn"]
    assert aws.delete_stack("group-stack") == "DELETE_FAILED"
    aws.sagemaker.delete_model_package(ModelPackageName=package)
    assert aws.delete_stack("group-stack") == "DELETE_COMPLETE"


def test_property_that_the_model_does_not_allow_fails_the_stack(aws: SageMakerAws) -> None:
    properties = {"ModelPackageGroupName": "not_allowed"}
    resources = {"Group": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": properties}}
    stack = aws.stack("wrong-name", resources)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "regular expression" in aws.failures("wrong-name")["Group"]
