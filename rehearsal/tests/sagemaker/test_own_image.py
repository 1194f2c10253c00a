"""An image of one's own, in a subnet: from a training to an endpoint."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.tests.containers.own_image import make_own_image
from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    IMAGES,
    OTHER_ACCOUNT,
    REGION,
    ROOT,
    allow,
    policy,
    trust,
)
from rehearsal.tests.sagemaker.sagemaker_aws import (
    BUCKET,
    SAGEMAKER,
    SageMakerAws,
    archive,
    training_arguments,
)

REPOSITORY = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/team/models"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team/models@sha256:{'0' * 64}"
SUBNET = "subnet-0123456789abcdef0"
NETWORK = {"Subnets": [SUBNET], "SecurityGroupIds": ["sg-0123456789abcdef0"]}
SERVED = """
import pathlib, joblib
def model_fn(folder):
    return joblib.load(pathlib.Path(folder, "model.joblib"))
def transform_fn(model, content, content_type, accept):
    return str(model.predict([[float(cell) for cell in content.split(",")]])[0]), accept
"""
_INTERFACES = f"arn:aws:ec2:{REGION}:{ACCOUNT}:network-interface/*"
_JOINED = [
    _INTERFACES,
    f"arn:aws:ec2:{REGION}:*:subnet/{SUBNET}",
    f"arn:aws:ec2:{REGION}:*:security-group/{NETWORK['SecurityGroupIds'][0]}",
]
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SageMakerAws]:
    """A local AWS beside whose images an environment stands for one of one's own."""
    folder: Path = tmp_path_factory.mktemp("images")
    for name in ("xgboost", "lambda-python"):
        (folder / name).symlink_to(IMAGES / name)
    make_own_image(folder / "own/team/models", IMAGES / "xgboost/bin/python")
    state = tmp_path_factory.mktemp("own") / "state"
    server = SageMakerAws(state, options=("--images", str(folder))).start()
    yield server.prepare()
    assert server.stop() == 0


def _role(aws: SageMakerAws, *statements: dict[str, Any]) -> str:
    """A role that may pull the image and join the network, or what is given instead."""
    others = allow(["ecr:GetAuthorizationToken", "logs:*", "s3:*"])
    return aws.role(f"role-{next(_numbers)}", trust(SAGEMAKER), others, *statements)


def _pull(but: str = "") -> dict[str, Any]:
    actions = {"BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"} - {but}
    return allow([f"ecr:{action}" for action in sorted(actions)], REPOSITORY)


def _join(but: str = "", subnet: str = SUBNET) -> list[dict[str, Any]]:
    """The statements of the product's roles."""
    changes = {
        "CreateNetworkInterfacePermission",
        "DeleteNetworkInterface",
        "DeleteNetworkInterfacePermission",
    }
    looks = {"DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs"}
    of_subnet = {"StringLike": {"ec2:Subnet": [f"*/{subnet}"]}}
    return [
        allow([f"ec2:Describe{what}" for what in sorted(looks) if f"Describe{what}" != but]),
        *(
            allow("ec2:CreateNetworkInterface", arn)
            for arn in _JOINED
            if but != "CreateNetworkInterface"
        ),
        {
            **allow([f"ec2:{action}" for action in sorted(changes - {but})], _INTERFACES),
            "Condition": of_subnet,
        },
    ]


def _train(aws: SageMakerAws, role: str, **changes: Any) -> dict[str, Any]:
    name = f"own-{next(_numbers)}"
    aws.sagemaker.create_training_job(
        TrainingJobName=name,
        **{
            **training_arguments(role),
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "HyperParameters": {"task": "regression"},
            "EnableNetworkIsolation": True,
            "VpcConfig": NETWORK,
            **changes,
        },
    )
    return aws.finished_job("Training", name)


@pytest.fixture(scope="module")
def trained(aws: SageMakerAws) -> dict[str, Any]:
    """A job on spot capacity, of an image that trains by itself, in a subnet."""
    rows = "".join(f"{2 * number + 1},{number}\n" for number in range(50))
    aws.put("data/train/train.csv", rows)
    job = _train(
        aws,
        _role(aws, _pull(), *_join()),
        EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 600, "MaxWaitTimeInSeconds": 600},
    )
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    return job


def _serve(aws: SageMakerAws, trained: dict[str, Any], role: str, **how: Any) -> dict[str, Any]:
    """An endpoint of the image's own model, as it is when its creation is over."""
    name = f"own-{next(_numbers)}"
    key = trained["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{BUCKET}/")
    content = aws.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    code = {"code/inference.py": SERVED}
    url = aws.put(f"models/{name}/model.tar.gz", archive(of=content, **code))
    aws.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=role,
        **how,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": url,
            "Environment": {
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            },
        },
    )
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large"}
    aws.sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
    )
    aws.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return aws.settled_endpoint(name)


@pytest.mark.parametrize("is_isolated", [True, False])
def test_a_model_of_one_s_own_image_is_served_from_the_port_that_it_listens_on(
    aws: SageMakerAws, trained: dict[str, Any], is_isolated: bool
) -> None:
    role = _role(aws, _pull(), *_join())
    network = {"VpcConfig": NETWORK} if is_isolated else {}
    shown = _serve(aws, trained, role, EnableNetworkIsolation=is_isolated, **network)
    name = shown["EndpointName"]
    assert shown["EndpointStatus"] == "InService", shown.get("FailureReason")
    assert float(aws.predict(name, "10")) == pytest.approx(21, abs=0.5)
    aws.sagemaker.delete_endpoint(EndpointName=name)


@pytest.mark.parametrize("lacks", ["CreateNetworkInterface", "DescribeSubnets", ""])
def test_a_model_in_a_subnet_that_its_role_may_not_join_is_not_served(
    aws: SageMakerAws, trained: dict[str, Any], lacks: str
) -> None:
    other = "subnet-0123456789abcdef1"
    joins = _join(but=lacks) if lacks else _join(subnet=other)
    shown = _serve(aws, trained, _role(aws, _pull(), *joins), VpcConfig=NETWORK)
    assert shown["EndpointStatus"] == "Failed"
    assert "The endpoint cannot join its network: " in shown["FailureReason"]
    action = lacks or "CreateNetworkInterfacePermission"
    assert f"perform: ec2:{action}" in shown["FailureReason"]


@pytest.mark.parametrize(
    "action", ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"]
)
def test_an_image_that_the_role_may_not_pull_is_not_run(aws: SageMakerAws, action: str) -> None:
    job = _train(aws, _role(aws, _pull(but=action), *_join()))
    assert job["TrainingJobStatus"] == "Failed"
    assert f"Cannot pull image {IMAGE}: " in job["FailureReason"]
    assert f"perform: ecr:{action} on resource: {REPOSITORY}" in job["FailureReason"]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("DescribeSubnets", "*"),
        ("DescribeVpcs", "*"),
        ("CreateNetworkInterface", "arn:aws:ec2"),
        ("CreateNetworkInterfacePermission", "arn:aws:ec2"),
        ("DeleteNetworkInterface", "arn:aws:ec2"),
        ("DeleteNetworkInterfacePermission", "arn:aws:ec2"),
    ],
)
def test_a_network_that_the_role_may_not_join_runs_no_job(
    aws: SageMakerAws, action: str, resource: str
) -> None:
    job = _train(aws, _role(aws, _pull(), *_join(but=action)))
    assert job["TrainingJobStatus"] == "Failed"
    assert "ClientError: The job cannot join its network: " in job["FailureReason"]
    assert f"perform: ec2:{action} on resource: {resource}" in job["FailureReason"]


def test_another_subnet_is_another_network_for_a_processing_job_too(aws: SageMakerAws) -> None:
    role = _role(aws, allow("ecr:*"), *_join(subnet="subnet-0123456789abcdef1"))
    network = {"VpcConfig": NETWORK}
    job = aws.run_processing_job("elsewhere", RoleArn=role, NetworkConfig=network)
    assert job["ProcessingJobStatus"] == "Failed"
    assert "perform: ec2:CreateNetworkInterfacePermission on" in job["FailureReason"]


def _let_in(aws: SageMakerAws) -> None:
    """What the settings page asks of the policy of a repository."""
    condition = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER_ACCOUNT}:role/*"}}
    statement = {**_pull(), "Principal": {"AWS": OTHER_ACCOUNT}, "Condition": condition}
    del statement["Resource"]
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName="team/models")
    ecr.set_repository_policy(repositoryName="team/models", policyText=policy(statement))


def test_another_account_pulls_once_the_repository_lets_it_in(aws: SageMakerAws) -> None:
    other = aws.of_account(OTHER_ACCOUNT)
    roles = {
        "role": _role(other, _pull(), *_join()),
        "stage": _stage(other, "p-0123456789ab", REPOSITORY),
        "stage of AWS's images": _stage(other, "p-0123456789cd", ""),
    }
    for role in roles.values():
        assert f"Cannot pull image {IMAGE}: " in _train(other, role)["FailureReason"]
    _let_in(aws)
    said = {name: _train(other, role)["FailureReason"] for name, role in roles.items()}
    assert f"Cannot pull image {IMAGE}: " in said.pop("stage of AWS's images")
    # It is asked for after the image.
    assert all("The job cannot join its network: " in reason for reason in said.values())


def _stage(aws: SageMakerAws, project: str, repositories: str) -> str:
    """The endpoint's role of a stage's own account, from the stack that customers make there."""
    values = {
        "ProjectId": project,
        "ProjectName": "rings",
        "Stage": "prod",
        "ProjectAccount": ACCOUNT,
        "KmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1a2b",
        "SubClaimPrefix": "repo:octo@1/rings-deploy@2",
        "SubClaim": "repo:octo@1/rings-deploy@2:environment:prod",
        "RepositoryId": "2",
        "CreateOpenIdConnectProvider": "false",
        "ImageRepositoryArns": repositories,
    }
    template = yaml.safe_load((ROOT / "seed_code/deploy_app/stage_account.yml").read_text())
    resources = template.pop("Resources")
    parameters = [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()]
    stack = aws.stack(f"account-{project}", resources, template=template, Parameters=parameters)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    return f"arn:aws:iam::{OTHER_ACCOUNT}:role/mlops-{project}-execution-prod"
