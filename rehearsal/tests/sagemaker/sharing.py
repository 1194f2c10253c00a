"""A model package of one account that another one deploys, and what both say about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    policy,
    trust,
)
from rehearsal.tests.sagemaker.sagemaker_aws import BUCKET, IMAGE, SAGEMAKER, SageMakerAws

GROUP = "shared-models"
REGISTRY = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}"
PACKAGES = f"{REGISTRY}:model-package/{GROUP}/*"
SHARED_BUCKET = "models-for-stages"
_OBJECTS = f"arn:aws:s3:::{SHARED_BUCKET}/*"
STAGE_ROOT = {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
_VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
OWN = f"arn:aws:sagemaker:eu-west-1:{OTHER_ACCOUNT}"
EXECUTION = f"arn:aws:iam::{OTHER_ACCOUNT}:role/serves"
RECORD = "0.9,0.5,0.1"


def open_to(principal: dict[str, str], actions: list[str], resource: str) -> dict[str, Any]:
    return {**allow(actions, resource), "Principal": principal}


@dataclass
class Sharing:
    """Everything that both accounts say, by what it is about; a test takes one away."""

    key: str
    group: dict[str, dict[str, Any]] = field(default_factory=dict)
    bucket: dict[str, dict[str, Any]] = field(default_factory=dict)
    key_policy: dict[str, dict[str, Any]] = field(default_factory=dict)
    cloudformation: dict[str, dict[str, Any]] = field(default_factory=dict)
    execution: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        packages = {"sagemaker:DescribeModelPackage": PACKAGES, "sagemaker:CreateModel": PACKAGES}
        self.group = {name: open_to(STAGE_ROOT, [name], arn) for name, arn in packages.items()}
        self.bucket = {"s3:GetObject": open_to(STAGE_ROOT, ["s3:GetObject"], _OBJECTS)}
        decrypt = {**open_to(STAGE_ROOT, ["kms:Decrypt"], "*"), "Condition": _VIA_S3}
        self.key_policy = {"kms:Decrypt": decrypt}
        kinds = ("Model", "EndpointConfig", "Endpoint")
        verbs = [f"sagemaker:{verb}{kind}" for kind in kinds for verb in ("Create", "Describe")]
        verbs += [f"sagemaker:Delete{kind}" for kind in kinds]
        own = [f"{OWN}:{kind}/*" for kind in ("model", "endpoint-config", "endpoint")]
        tags = ["sagemaker:AddTags", "sagemaker:ListTags"]
        self.cloudformation = {
            "own": {**allow([*verbs, *tags]), "Resource": own},
            "iam:PassRole": allow("iam:PassRole", EXECUTION),
            **{name: allow(name, arn) for name, arn in packages.items()},
        }
        self.execution = {
            "s3:GetObject": allow("s3:GetObject", _OBJECTS),
            "kms:Decrypt": {**allow("kms:Decrypt", self.key), "Condition": _VIA_S3},
            "ecr": allow("ecr:*"),
            "logs": allow("logs:*"),
        }


@dataclass
class Accounts:
    """The registry's account, the stage's account, and what they share."""

    registry: SageMakerAws
    other: LocalAws
    package: str
    sharing: Sharing

    def apply(self) -> None:
        """Write down everywhere what `sharing` says now."""
        sharing, own = self.sharing, open_to({"AWS": ACCOUNT}, ["kms:*"], "*")
        at_home = open_to({"AWS": ACCOUNT}, ["sagemaker:DescribeModelPackage"], PACKAGES)
        self.registry.sagemaker.put_model_package_group_policy(
            ModelPackageGroupName=GROUP, ResourcePolicy=policy(at_home, *sharing.group.values())
        )
        s3 = self.registry.s3
        s3.delete_bucket_policy(Bucket=SHARED_BUCKET)
        if sharing.bucket:
            s3.put_bucket_policy(Bucket=SHARED_BUCKET, Policy=policy(*sharing.bucket.values()))
        document = policy(own, *sharing.key_policy.values())
        self.registry.client("kms").put_key_policy(KeyId=sharing.key, Policy=document)
        for role, statements in (
            ("cloudformation", sharing.cloudformation),
            ("serves", sharing.execution),
        ):
            self.other.client("iam").put_role_policy(
                RoleName=role, PolicyName="p", PolicyDocument=policy(*statements.values())
            )

    def deploy(self, name: str) -> dict[str, Any]:
        """A stack of the stage's account that serves the package of the registry's account."""
        return self.other.stack(
            name,
            template(self.package, name),
            RoleARN=f"arn:aws:iam::{OTHER_ACCOUNT}:role/cloudformation",
        )

    def predict(self, endpoint: str) -> float:
        runtime = self.other.client("sagemaker-runtime")
        answer = runtime.invoke_endpoint(
            EndpointName=endpoint, ContentType="text/csv", Accept="text/csv", Body=RECORD
        )
        return float(answer["Body"].read())


def template(package: str, endpoint: str) -> dict[str, Any]:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    properties = {
        "Model": {
            "ExecutionRoleArn": EXECUTION,
            "PrimaryContainer": {"ModelPackageName": package},
        },
        "EndpointConfig": {"ProductionVariants": [variant]},
        "Endpoint": {
            "EndpointName": endpoint,
            "EndpointConfigName": {"Fn::GetAtt": ["EndpointConfig", "EndpointConfigName"]},
        },
    }
    return {
        name: {"Type": f"AWS::SageMaker::{name}", "Properties": given}
        for name, given in properties.items()
    }


def share(aws: SageMakerAws, model_data_url: str) -> Accounts:
    """An approved model package whose artifact a key encrypts, and two roles of a stage account."""
    other = aws.of_account(OTHER_ACCOUNT)
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    place = {"LocationConstraint": "eu-west-1"}
    aws.s3.create_bucket(Bucket=SHARED_BUCKET, CreateBucketConfiguration=place)
    aws.s3.copy_object(
        Bucket=SHARED_BUCKET,
        Key="model.tar.gz",
        CopySource=f"{BUCKET}/{model_data_url.split('/', 3)[3]}",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key,
    )
    aws.sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{SHARED_BUCKET}/model.tar.gz"}
    package = aws.sagemaker.create_model_package(
        ModelPackageGroupName=GROUP,
        ModelApprovalStatus="Approved",
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    other.role("cloudformation", trust({"Service": "cloudformation.amazonaws.com"}))
    other.role("serves", trust(SAGEMAKER))
    return Accounts(aws, other, package, Sharing(key))
