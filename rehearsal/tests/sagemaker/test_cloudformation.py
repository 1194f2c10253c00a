"""Stacks with SageMaker resources."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.sagemaker.stage import IMAGE, Stage, archive


def template(stage: Stage, model_data_url: str) -> dict[str, Any]:
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
        "Model": {"ExecutionRoleArn": stage.role, "PrimaryContainer": container},
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


def update(stage: Stage, name: str, resources: dict[str, Any]) -> str:
    stage.aws.client("cloudformation").update_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": resources})
    )
    return str(stage.aws.settled(name)["StackStatus"])


def physical_ids(stage: Stage, name: str) -> dict[str, str]:
    client = stage.aws.client("cloudformation")
    found = client.describe_stack_resources(StackName=name)["StackResources"]
    return {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in found}


def test_endpoint_stack_lives_changes_and_goes(stage: Stage, model_data_url: str) -> None:
    stack = stage.aws.stack("endpoint-stack", template(stage, model_data_url))
    assert stack["StackStatus"] == "CREATE_COMPLETE", stage.aws.failures("endpoint-stack")
    before = physical_ids(stage, "endpoint-stack")
    assert before["Endpoint"] == "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/stacked"
    assert before["Model"].startswith("arn:aws:sagemaker:eu-west-1:111122223333:model/")
    assert float(stage.predict("stacked", "0.9,0.5,0.1"))

    other = stage.s3.get_object(Bucket="sagemaker-tests", Key=model_data_url.split("/", 3)[3])
    copied = stage.put("models/copied/model.tar.gz", other["Body"].read())
    changed = update(stage, "endpoint-stack", template(stage, copied))
    assert changed == "UPDATE_COMPLETE", stage.aws.failures("endpoint-stack")
    after = physical_ids(stage, "endpoint-stack")
    assert after["Endpoint"] == before["Endpoint"]
    assert after["Model"] != before["Model"]
    assert after["EndpointConfig"] != before["EndpointConfig"]
    shown = stage.sagemaker.describe_endpoint(EndpointName="stacked")
    assert after["EndpointConfig"].endswith(shown["EndpointConfigName"])
    with pytest.raises(ClientError, match="Could not find model"):
        stage.sagemaker.describe_model(ModelName=before["Model"].rsplit("/", 1)[-1])

    forbidden = template(stage, copied)
    forbidden["Model"]["Properties"]["ExecutionRoleArn"] = f"{stage.role}-gone"
    assert update(stage, "endpoint-stack", forbidden) == "UPDATE_ROLLBACK_COMPLETE"
    assert float(stage.predict("stacked", "0.9,0.5,0.1"))

    assert stage.aws.delete_stack("endpoint-stack") == "DELETE_COMPLETE"
    assert stage.sagemaker.list_endpoints(NameContains="stacked")["Endpoints"] == []


def test_a_silent_rollback_leaves_a_stack_that_tells_another_configuration(
    stage: Stage, model_data_url: str
) -> None:
    """The stack succeeds, its clean-up deletes what still serves, and nothing changes it again."""
    resources = template(stage, model_data_url)
    resources["Endpoint"]["Properties"]["EndpointName"] = "silent"
    stage.aws.stack("silent-stack", resources)
    before = stage.sagemaker.describe_endpoint(EndpointName="silent")
    broken = stage.put("models/silent.tar.gz", archive(**{"surplus.txt": "x"}))
    resources["Model"]["Properties"]["PrimaryContainer"]["ModelDataUrl"] = broken
    assert update(stage, "silent-stack", resources) == "UPDATE_COMPLETE"
    shown = stage.sagemaker.describe_endpoint(EndpointName="silent")
    assert (shown["EndpointStatus"], "FailureReason" in shown) == ("InService", False)
    assert shown["EndpointConfigName"] == before["EndpointConfigName"]
    told = physical_ids(stage, "silent-stack")["EndpointConfig"].rpartition("/")[2]
    assert told != shown["EndpointConfigName"]
    assert float(stage.predict("silent", "0.9,0.5,0.1"))
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        stage.sagemaker.update_endpoint(EndpointName="silent", EndpointConfigName=told)
    assert stage.aws.delete_stack("silent-stack") == "DELETE_COMPLETE"


def test_endpoint_that_fails_fails_its_stack(stage: Stage) -> None:
    broken = stage.put("models/never.tar.gz", archive(**{"surplus.txt": "x"}))
    resources = template(stage, broken)
    resources["Endpoint"]["Properties"]["EndpointName"] = "never"
    stack = stage.aws.stack("failing-stack", resources)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "holds no 'xgboost-model'" in stage.aws.failures("failing-stack")["Endpoint"]
    assert stage.sagemaker.list_endpoints(NameContains="never")["Endpoints"] == []
    assert stage.sagemaker.list_models(NameContains="failing-stack")["Models"] == []


def test_group_keeps_its_versions(stage: Stage) -> None:
    group = {"ModelPackageGroupName": "stacked-group", "Tags": [{"Key": "a", "Value": "1"}]}
    resources = {"Group": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": group}}
    stack = stage.aws.stack("group-stack", resources)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stage.aws.failures("group-stack")
    arn = physical_ids(stage, "group-stack")["Group"]
    assert arn.endswith(":model-package-group/stacked-group")
    assert {"Key": "a", "Value": "1"} in stage.sagemaker.list_tags(ResourceArn=arn)["Tags"]
    group["ModelPackageGroupDescription"] = "described"
    assert update(stage, "group-stack", resources) == "UPDATE_COMPLETE"
    shown = stage.sagemaker.describe_model_package_group(ModelPackageGroupName="stacked-group")
    assert shown["ModelPackageGroupDescription"] == "described"
    url = stage.put("artifacts/grouped.tar.gz", b"x")
    specification = {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": url}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    package = stage.sagemaker.create_model_package(
        ModelPackageGroupName="stacked-group", InferenceSpecification=specification
    )["ModelPackageArn"]
    assert stage.aws.delete_stack("group-stack") == "DELETE_FAILED"
    stage.sagemaker.delete_model_package(ModelPackageName=package)
    assert stage.aws.delete_stack("group-stack") == "DELETE_COMPLETE"


def test_property_that_the_model_does_not_allow_fails_the_stack(stage: Stage) -> None:
    properties = {"ModelPackageGroupName": "not_allowed"}
    resources = {"Group": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": properties}}
    stack = stage.aws.stack("wrong-name", resources)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "regular expression" in stage.aws.failures("wrong-name")["Group"]
