"""The template, found by type and property, and the manifest that the command line reads."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Match, Template
from aws_cdk.aws_s3_assets import Asset
from conftest import ACCOUNT, ARN, GROUP, ROOT
from deploy_endpoint.endpoint_stack import EndpointStack

from app import build_app

ROLES = f"arn:aws:iam::{ACCOUNT}:role/mlops-p-abcdef123456"


def stack_of(app: App) -> EndpointStack:
    (stack,) = app.node.children
    assert isinstance(stack, EndpointStack)
    return stack


def template(repository: Path, settings: str | None = None) -> Template:
    if settings is not None:
        (repository / "config" / "dev.yml").write_text(settings)
    return Template.from_stack(stack_of(build_app(repository, {"MODEL_PACKAGE_ARN": ARN})))


def synthesized(repository: Path, outdir: Path, arn: str = ARN) -> dict[str, bytes]:
    build_app(repository, {"MODEL_PACKAGE_ARN": arn}, str(outdir)).synth()
    return {file.name: file.read_bytes() for file in outdir.glob("*.json")}


def test_the_model_is_the_given_package(repository: Path) -> None:
    template(repository).has_resource_properties(
        "AWS::SageMaker::Model",
        {
            "ExecutionRoleArn": f"{ROLES}-execution",
            "EnableNetworkIsolation": True,
            "PrimaryContainer": {"ModelPackageName": ARN},
            "ModelName": Match.absent(),
        },
    )


def test_the_endpoint_serves_that_model_encrypted(repository: Path) -> None:
    result = template(repository)
    (model,) = result.find_resources("AWS::SageMaker::Model")
    (config,) = result.find_resources("AWS::SageMaker::EndpointConfig")
    result.has_resource_properties(
        "AWS::SageMaker::EndpointConfig",
        {
            "EndpointConfigName": Match.absent(),
            "KmsKeyId": Match.string_like_regexp(r"^arn:aws:kms:eu-west-1:\d+:key/"),
            "DataCaptureConfig": Match.absent(),
            "ProductionVariants": [
                {
                    "VariantName": "AllTraffic",
                    "ModelName": {"Fn::GetAtt": [model, "ModelName"]},
                    "InstanceType": "ml.t2.medium",
                    "InitialInstanceCount": 1,
                    "InitialVariantWeight": 1,
                }
            ],
        },
    )
    result.has_resource_properties(
        "AWS::SageMaker::Endpoint",
        {
            "EndpointName": "Abalone-dev",
            "EndpointConfigName": {"Fn::GetAtt": [config, "EndpointConfigName"]},
        },
    )


def test_every_resource_is_tagged_with_project_and_model(repository: Path) -> None:
    tags = [
        {"Key": "mlops:model-package-arn", "Value": ARN},
        {"Key": "sagemaker:project-id", "Value": "p-abcdef123456"},
        {"Key": "sagemaker:project-name", "Value": "Abalone"},
    ]
    for resource in template(repository).to_json()["Resources"].values():
        assert resource["Properties"]["Tags"] == tags


def test_local_storage_gets_no_key(repository: Path) -> None:
    settings = "instance_type: ml.g5.xlarge\ninitial_instance_count: 1\n"
    template(repository, settings).has_resource_properties(
        "AWS::SageMaker::EndpointConfig", {"KmsKeyId": Match.absent()}
    )


def test_data_capture_goes_encrypted_to_the_projects_bucket(repository: Path) -> None:
    settings = (
        "instance_type: ml.m5.large\ninitial_instance_count: 1\n"
        "data_capture: {sampling_percentage: 25}\n"
    )
    template(repository, settings).has_resource_properties(
        "AWS::SageMaker::EndpointConfig",
        {
            "DataCaptureConfig": {
                "EnableCapture": True,
                "InitialSamplingPercentage": 25,
                "DestinationS3Uri": (
                    "s3://mlops-sm-project-p-abcdef123456/data-capture/Abalone-dev"
                ),
                "KmsKeyId": Match.string_like_regexp("^arn:aws:kms:"),
                "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            }
        },
    )


def test_it_deploys_with_the_projects_role_and_nothing_of_the_bootstrap(
    repository: Path, tmp_path: Path
) -> None:
    files = synthesized(repository, tmp_path / "out")
    manifest: dict[str, Any] = json.loads(files["manifest.json"])
    stack = manifest["artifacts"]["DevEndpoint"]
    assert stack["properties"]["stackName"] == "mlops-p-abcdef123456-dev"
    assert stack["properties"]["cloudFormationExecutionRoleArn"] == f"{ROLES}-cloudformation"
    for content in (json.dumps(stack).encode(), files["DevEndpoint.template.json"]):
        assert b"cdk-hnb659fds" not in content
        assert b"ootstrap" not in content
    assert not [a for a in manifest["artifacts"].values() if a["type"] == "cdk:asset-manifest"]
    inline_limit_bytes = 50 * 1024
    assert len(files["DevEndpoint.template.json"]) < inline_limit_bytes


def test_an_asset_is_refused(repository: Path) -> None:
    stack = stack_of(build_app(repository, {"MODEL_PACKAGE_ARN": ARN}))
    with pytest.raises(RuntimeError, match="put it into the project's bucket"):
        Asset(stack, "File", path=str(repository / "project.env"))


def test_two_syntheses_are_identical(repository: Path, tmp_path: Path) -> None:
    assert synthesized(repository, tmp_path / "a") == synthesized(repository, tmp_path / "b")


def test_another_version_changes_the_template(repository: Path, tmp_path: Path) -> None:
    name = "DevEndpoint.template.json"
    other = ARN.replace(f"{GROUP}/7", f"{GROUP}/8")
    first = synthesized(repository, tmp_path / "a")[name]
    assert first != synthesized(repository, tmp_path / "b", other)[name]


def test_context_and_environment_may_not_disagree(repository: Path) -> None:
    shutil.copy(ROOT / "app.py", repository)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "CDK_OUTDIR": str(repository / "out"),
        "CDK_CONTEXT_JSON": json.dumps({"model_package_arn": ARN}),
    }
    command = [sys.executable, str(repository / "app.py")]
    agreeing = {**environment, "MODEL_PACKAGE_ARN": ARN}
    subprocess.run(command, env=agreeing, check=True)
    differing = {**environment, "MODEL_PACKAGE_ARN": ARN.replace("/7", "/8")}
    result = subprocess.run(command, env=differing, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("error: The context says model_package_arn=arn:")
    assert result.stderr.endswith("give only one of them.\n")
