"""The template by serving mode and policy, and the manifest that the command line reads."""

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

from deploy_endpoint.stack.endpoint_stack import EndpointStack
from deploy_endpoint.stack.stage_app import build_app

from ..conftest import ACCOUNT, ARN, GROUP, OTHER_ACCOUNT, ROOT

ROLES = f"arn:aws:iam::{ACCOUNT}:role/mlops-p-abcdef123456"


def stack_of(app: App) -> EndpointStack:
    (stack,) = app.node.children
    assert isinstance(stack, EndpointStack)
    return stack


SERVERLESS = "serving: {mode: serverless, memory_mib: 1024, max_concurrency: 3}\n"
REALTIME = "serving: {mode: realtime, instance_type: ml.m5.large, instance_count: 2}\n"
SCALED = """\
serving:
  mode: realtime
  instance_type: ml.m5.large
  instance_count: 2
  autoscaling: {max_instances: 4, invocations_per_instance_per_minute: 600}
"""
ALARM_NAMES = tuple(f"mlops-p-abcdef123456-prod-{kind}" for kind in ("errors", "latency"))


def template(repository: Path, settings: str, **inputs: str) -> Template:
    """The template of the stage prod with these settings beside its name and approval."""
    prod = "".join(f"    {line}\n" for line in settings.splitlines())
    (repository / "config" / "stages.yml").write_text(
        "stages:\n"
        "  - {name: dev, approval: automatic, serving: {mode: serverless}}\n"
        f"  - name: prod\n    approval: environment\n{prod}"
    )
    environment = {"MODEL_PACKAGE_ARN": ARN, "STAGE": "prod", **inputs}
    return Template.from_stack(stack_of(build_app(EndpointStack, repository, environment)))


def synthesized(repository: Path, outdir: Path, arn: str = ARN) -> dict[str, bytes]:
    build_app(EndpointStack, repository, {"MODEL_PACKAGE_ARN": arn}, str(outdir)).synth()
    return {file.name: file.read_bytes() for file in outdir.glob("*.json")}


def test_the_model_is_the_given_package(repository: Path) -> None:
    template(repository, REALTIME).has_resource_properties(
        "AWS::SageMaker::Model",
        {
            "ExecutionRoleArn": f"{ROLES}-execution",
            "EnableNetworkIsolation": True,
            "PrimaryContainer": {"ModelPackageName": ARN},
            "ModelName": Match.absent(),
        },
    )


def test_a_model_joins_the_network_of_its_stage_and_only_then(repository: Path) -> None:
    allowed = {
        "ENDPOINT_SUBNETS": "subnet-01234567,subnet-89abcdef",
        "ENDPOINT_SECURITY_GROUPS": "sg-01234567",
    }
    with (repository / "project.env").open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in allowed.items())
    network = "subnets: [subnet-01234567, subnet-89abcdef]\nsecurity_groups: [sg-01234567]\n"
    for settings, joined in (
        (
            f"{network}{REALTIME}",
            {
                "Subnets": ["subnet-01234567", "subnet-89abcdef"],
                "SecurityGroupIds": ["sg-01234567"],
            },
        ),
        (REALTIME, Match.absent()),
        (SERVERLESS, Match.absent()),
    ):
        template(repository, settings).has_resource_properties(
            "AWS::SageMaker::Model", {"VpcConfig": joined}
        )


def test_instances_serve_that_model_encrypted(repository: Path) -> None:
    result = template(repository, REALTIME)
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
                    "InstanceType": "ml.m5.large",
                    "InitialInstanceCount": 2,
                    "InitialVariantWeight": 1,
                }
            ],
        },
    )
    result.has_resource_properties(
        "AWS::SageMaker::Endpoint",
        {
            "EndpointName": "Abalone-prod",
            "EndpointConfigName": {"Fn::GetAtt": [config, "EndpointConfigName"]},
            "DeploymentConfig": Match.absent(),
            "RetainAllVariantProperties": Match.absent(),
        },
    )


def test_serverless_has_neither_disks_nor_isolation(repository: Path) -> None:
    result = template(repository, SERVERLESS)
    result.has_resource_properties(
        "AWS::SageMaker::Model", {"EnableNetworkIsolation": Match.absent()}
    )
    result.has_resource_properties(
        "AWS::SageMaker::EndpointConfig",
        {
            "KmsKeyId": Match.absent(),
            "ProductionVariants": [
                Match.object_like(
                    {
                        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 3},
                        "InstanceType": Match.absent(),
                        "InitialInstanceCount": Match.absent(),
                    }
                )
            ],
        },
    )


@pytest.mark.parametrize("settings", [SERVERLESS, REALTIME])
def test_without_alarms_and_scaling_there_are_three_resources(
    repository: Path, settings: str
) -> None:
    assert len(template(repository, settings).to_json()["Resources"]) == 3


@pytest.mark.parametrize(
    ("policy", "update"),
    [
        (
            "policy: all_at_once",
            {
                "BlueGreenUpdatePolicy": {
                    "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE"},
                    "TerminationWaitInSeconds": 180,
                    "MaximumExecutionTimeoutInSeconds": 3780,
                }
            },
        ),
        (
            "policy: canary, canary_percent: 20",
            {
                "BlueGreenUpdatePolicy": {
                    "TrafficRoutingConfiguration": {
                        "Type": "CANARY",
                        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 20},
                        "WaitIntervalInSeconds": 180,
                    },
                    "TerminationWaitInSeconds": 180,
                    "MaximumExecutionTimeoutInSeconds": 3960,
                }
            },
        ),
        (
            "policy: linear, step_percent: 25",
            {
                "BlueGreenUpdatePolicy": {
                    "TrafficRoutingConfiguration": {
                        "Type": "LINEAR",
                        "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 25},
                        "WaitIntervalInSeconds": 180,
                    },
                    "TerminationWaitInSeconds": 180,
                    "MaximumExecutionTimeoutInSeconds": 3960,
                }
            },
        ),
        (
            "policy: rolling, batch_percent: 30",
            {
                "RollingUpdatePolicy": {
                    "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 30},
                    "WaitIntervalInSeconds": 180,
                    "MaximumExecutionTimeoutInSeconds": 3960,
                }
            },
        ),
    ],
)
def test_each_policy_rolls_back_on_the_stages_alarms(
    repository: Path, policy: str, update: dict[str, Any]
) -> None:
    deployment = "deployment: {" + policy + ", bake_minutes: 3, alarms: {latency_ms: 250}}\n"
    result = template(repository, REALTIME + deployment)
    alarms = result.find_resources("AWS::CloudWatch::Alarm")
    names = {alarm["Properties"]["AlarmName"]: id_ for id_, alarm in alarms.items()}
    rollback = {"Alarms": [{"AlarmName": {"Ref": names.pop(name)}} for name in ALARM_NAMES]}
    assert names == {}
    (endpoint,) = result.find_resources("AWS::SageMaker::Endpoint").values()
    assert endpoint["Properties"]["DeploymentConfig"] == {
        "AutoRollbackConfiguration": rollback,
        **update,
    }


def test_the_alarms_watch_only_the_new_configuration(repository: Path) -> None:
    deployment = "deployment: {policy: canary, alarms: {errors_percent: 5, latency_ms: 250}}\n"
    result = template(repository, REALTIME + deployment)
    (config,) = result.find_resources("AWS::SageMaker::EndpointConfig")
    shared = {
        "Namespace": "AWS/SageMaker",
        "Dimensions": [
            {"Name": "EndpointName", "Value": "Abalone-prod"},
            {"Name": "VariantName", "Value": "AllTraffic"},
            {
                "Name": "EndpointConfigName",
                "Value": {"Fn::GetAtt": [config, "EndpointConfigName"]},
            },
        ],
        "Period": 60,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    errors = {"MetricName": "Invocation5XXErrors", "Statistic": "Average", "Threshold": 0.05}
    latency = {"MetricName": "ModelLatency", "ExtendedStatistic": "p99", "Threshold": 250_000}
    for properties in (errors, latency):
        result.has_resource_properties("AWS::CloudWatch::Alarm", {**shared, **properties})


def test_instances_scale_after_the_endpoint_exists(repository: Path) -> None:
    result = template(repository, SCALED)
    (endpoint,) = result.find_resources("AWS::SageMaker::Endpoint")
    (target,) = result.find_resources("AWS::ApplicationAutoScaling::ScalableTarget")
    result.has_resource(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        {
            "DependsOn": [endpoint],
            "Properties": {
                "ServiceNamespace": "sagemaker",
                "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
                "ResourceId": "endpoint/Abalone-prod/variant/AllTraffic",
                "MinCapacity": 2,
                "MaxCapacity": 4,
            },
        },
    )
    result.has_resource_properties(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        {
            "ScalingTargetId": {"Ref": target},
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 600,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                },
            },
        },
    )


def test_a_new_model_keeps_the_number_of_scaled_instances(repository: Path) -> None:
    template(repository, SCALED).has_resource_properties(
        "AWS::SageMaker::Endpoint", {"RetainAllVariantProperties": True}
    )


def test_every_resource_is_tagged_with_project_stage_and_model(repository: Path) -> None:
    deployment = "deployment: {policy: canary, alarms: {latency_ms: 250}}\n"
    sha = "a" * 64
    result = template(repository, SCALED + deployment, PROVENANCE_MODEL_SHA256=sha)
    resources = result.to_json()["Resources"].values()
    # A scaling policy has no tags; its target has.
    tagged = [r for r in resources if r["Type"] != "AWS::ApplicationAutoScaling::ScalingPolicy"]
    assert len(tagged) == 6
    for resource in tagged:
        assert resource["Properties"]["Tags"] == [
            {"Key": "mlops:model-package-arn", "Value": ARN},
            {"Key": "mlops:model-sha256", "Value": sha},
            {"Key": "mlops:stage", "Value": "prod"},
            {"Key": "sagemaker:project-id", "Value": "p-abcdef123456"},
            {"Key": "sagemaker:project-name", "Value": "Abalone"},
        ]


def test_a_companys_tags_are_on_every_resource(repository: Path) -> None:
    with (repository / "project.env").open("a", encoding="utf-8") as file:
        file.write("TAGS=cost-center=4711,Team=ml=platform\n")
    result = template(repository, SCALED)
    resources = result.to_json()["Resources"].values()
    tagged = [r for r in resources if r["Type"] != "AWS::ApplicationAutoScaling::ScalingPolicy"]
    assert tagged
    for resource in tagged:
        tags = {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]}
        assert (tags["cost-center"], tags["Team"], tags["mlops:stage"]) == (
            "4711",
            "ml=platform",
            "prod",
        )


def test_local_storage_gets_no_key(repository: Path) -> None:
    template(repository, REALTIME.replace("m5", "g5")).has_resource_properties(
        "AWS::SageMaker::EndpointConfig", {"KmsKeyId": Match.absent()}
    )


def test_a_stage_account_brings_its_own_roles_and_disk_key(repository: Path) -> None:
    result = template(repository, f"account: '{OTHER_ACCOUNT}'\n{REALTIME}")
    roles = ROLES.replace(ACCOUNT, OTHER_ACCOUNT)
    result.has_resource_properties(
        "AWS::SageMaker::Model",
        {
            "ExecutionRoleArn": f"{roles}-execution-prod",
            "PrimaryContainer": {"ModelPackageName": ARN},
        },
    )
    result.has_resource_properties("AWS::SageMaker::EndpointConfig", {"KmsKeyId": Match.absent()})
    environment = {"MODEL_PACKAGE_ARN": ARN, "STAGE": "prod"}
    assert stack_of(build_app(EndpointStack, repository, environment)).environment == (
        f"aws://{OTHER_ACCOUNT}/eu-west-1"
    )


def test_data_capture_goes_encrypted_to_the_projects_bucket(repository: Path) -> None:
    settings = REALTIME + "data_capture: {sampling_percentage: 25}\n"
    template(repository, settings).has_resource_properties(
        "AWS::SageMaker::EndpointConfig",
        {
            "DataCaptureConfig": {
                "EnableCapture": True,
                "InitialSamplingPercentage": 25,
                "DestinationS3Uri": (
                    "s3://mlops-sm-project-p-abcdef123456/data-capture/Abalone-prod"
                ),
                "KmsKeyId": Match.string_like_regexp("^arn:aws:kms:"),
                "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            }
        },
    )


def test_it_deploys_with_the_stages_role_and_nothing_of_the_bootstrap(
    repository: Path, tmp_path: Path
) -> None:
    files = synthesized(repository, tmp_path / "out")
    manifest: dict[str, Any] = json.loads(files["manifest.json"])
    stack = manifest["artifacts"]["DevEndpoint"]
    assert stack["properties"]["stackName"] == "mlops-p-abcdef123456-dev"
    assert stack["properties"]["cloudFormationExecutionRoleArn"] == f"{ROLES}-cloudformation-dev"
    for content in (json.dumps(stack).encode(), files["DevEndpoint.template.json"]):
        assert b"cdk-hnb659fds" not in content
        assert b"ootstrap" not in content
    assert not [a for a in manifest["artifacts"].values() if a["type"] == "cdk:asset-manifest"]
    inline_limit_bytes = 50 * 1024
    assert len(files["DevEndpoint.template.json"]) < inline_limit_bytes


def test_an_asset_is_refused(repository: Path) -> None:
    stack = stack_of(build_app(EndpointStack, repository, {"MODEL_PACKAGE_ARN": ARN}))
    with pytest.raises(RuntimeError, match="put it into the project's bucket"):
        Asset(stack, "File", path=str(repository / "project.env"))


def test_two_syntheses_are_identical(repository: Path, tmp_path: Path) -> None:
    assert synthesized(repository, tmp_path / "a") == synthesized(repository, tmp_path / "b")


def test_two_syntheses_with_everything_are_identical(repository: Path) -> None:
    settings = (
        SCALED
        + "deployment: {policy: canary, alarms: {latency_ms: 250}}\n"
        + "data_capture: {sampling_percentage: 25}\n"
    )
    inputs = {"PROVENANCE_APPROVED_BY": "ana", "PROVENANCE_COMMIT": "c" * 40}
    first, second = (template(repository, settings, **inputs) for _ in range(2))
    assert json.dumps(first.to_json()) == json.dumps(second.to_json())


def test_another_version_changes_the_template(repository: Path, tmp_path: Path) -> None:
    name = "DevEndpoint.template.json"
    other = ARN.replace(f"{GROUP}/7", f"{GROUP}/8")
    first = synthesized(repository, tmp_path / "a")[name]
    assert first != synthesized(repository, tmp_path / "b", other)[name]


def test_context_and_environment_may_not_disagree(repository: Path) -> None:
    shutil.copy(ROOT / "app.py", repository)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "vendor"),
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
