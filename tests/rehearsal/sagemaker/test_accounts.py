"""SageMaker in several accounts: apart, and a model package that one account deploys of another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.aws.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    policy,
    trust,
    wait_for,
)
from tests.rehearsal.sagemaker.stage import (
    BUCKET,
    IMAGE,
    SAGEMAKER,
    Stage,
    make_stage,
    training_arguments,
)

_GROUP = "shared-models"
_BASE = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}"
_PACKAGES = f"{_BASE}:model-package/{_GROUP}/*"
_SHARED_BUCKET = "models-for-stages"
_OBJECTS = f"arn:aws:s3:::{_SHARED_BUCKET}/*"
_OTHER = {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
_VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
_OWN = f"arn:aws:sagemaker:eu-west-1:{OTHER_ACCOUNT}"
_EXECUTION = f"arn:aws:iam::{OTHER_ACCOUNT}:role/serves"
_RECORD = "0.9,0.5,0.1"


def _open_to(principal: dict[str, str], actions: list[str], resource: str) -> dict[str, Any]:
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
        packages = {"sagemaker:DescribeModelPackage": _PACKAGES, "sagemaker:CreateModel": _PACKAGES}
        self.group = {name: _open_to(_OTHER, [name], arn) for name, arn in packages.items()}
        self.bucket = {"s3:GetObject": _open_to(_OTHER, ["s3:GetObject"], _OBJECTS)}
        decrypt = {**_open_to(_OTHER, ["kms:Decrypt"], "*"), "Condition": _VIA_S3}
        self.key_policy = {"kms:Decrypt": decrypt}
        kinds = ("Model", "EndpointConfig", "Endpoint")
        verbs = [f"sagemaker:{verb}{kind}" for kind in kinds for verb in ("Create", "Describe")]
        verbs += [f"sagemaker:Delete{kind}" for kind in kinds]
        own = [f"{_OWN}:{kind}/*" for kind in ("model", "endpoint-config", "endpoint")]
        tags = ["sagemaker:AddTags", "sagemaker:ListTags"]
        self.cloudformation = {
            "own": {**allow([*verbs, *tags]), "Resource": own},
            "iam:PassRole": allow("iam:PassRole", _EXECUTION),
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

    registry: Stage
    other: LocalAws
    package: str
    sharing: Sharing

    def apply(self) -> None:
        """Write down everywhere what `sharing` says now."""
        sharing, own = self.sharing, _open_to({"AWS": ACCOUNT}, ["kms:*"], "*")
        at_home = _open_to({"AWS": ACCOUNT}, ["sagemaker:DescribeModelPackage"], _PACKAGES)
        self.registry.sagemaker.put_model_package_group_policy(
            ModelPackageGroupName=_GROUP, ResourcePolicy=policy(at_home, *sharing.group.values())
        )
        s3 = self.registry.s3
        s3.delete_bucket_policy(Bucket=_SHARED_BUCKET)
        if sharing.bucket:
            s3.put_bucket_policy(Bucket=_SHARED_BUCKET, Policy=policy(*sharing.bucket.values()))
        document = policy(own, *sharing.key_policy.values())
        self.registry.aws.client("kms").put_key_policy(KeyId=sharing.key, Policy=document)
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
            _template(self.package, name),
            RoleARN=f"arn:aws:iam::{OTHER_ACCOUNT}:role/cloudformation",
        )

    def predict(self, endpoint: str) -> float:
        runtime = self.other.client("sagemaker-runtime")
        answer = runtime.invoke_endpoint(
            EndpointName=endpoint, ContentType="text/csv", Accept="text/csv", Body=_RECORD
        )
        return float(answer["Body"].read())


def _template(package: str, endpoint: str) -> dict[str, Any]:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    properties = {
        "Model": {
            "ExecutionRoleArn": _EXECUTION,
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


@pytest.fixture(scope="module")
def shared(stage: Stage, model_data_url: str) -> Accounts:
    """An approved model package whose artifact a key encrypts, and two roles of a stage account."""
    other = stage.aws.of_account(OTHER_ACCOUNT)
    key = stage.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    place = {"LocationConstraint": "eu-west-1"}
    stage.s3.create_bucket(Bucket=_SHARED_BUCKET, CreateBucketConfiguration=place)
    stage.s3.copy_object(
        Bucket=_SHARED_BUCKET,
        Key="model.tar.gz",
        CopySource=f"{BUCKET}/{model_data_url.split('/', 3)[3]}",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key,
    )
    stage.sagemaker.create_model_package_group(ModelPackageGroupName=_GROUP)
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{_SHARED_BUCKET}/model.tar.gz"}
    package = stage.sagemaker.create_model_package(
        ModelPackageGroupName=_GROUP,
        ModelApprovalStatus="Approved",
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    other.role("cloudformation", trust({"Service": "cloudformation.amazonaws.com"}))
    other.role("serves", trust(SAGEMAKER))
    return Accounts(stage, other, package, Sharing(key))


def test_another_account_serves_the_package_and_answers_as_the_registrys_account(
    shared: Accounts, model_data_url: str
) -> None:
    shared.sharing = Sharing(shared.sharing.key)
    shared.apply()
    stack = shared.deploy("from-registry")
    assert stack["StackStatus"] == "CREATE_COMPLETE", shared.other.failures("from-registry")
    found = shared.other.client("sagemaker").describe_endpoint(EndpointName="from-registry")
    assert found["EndpointArn"] == f"{_OWN}:endpoint/from-registry"

    stage = shared.registry
    stage.create_config("at-home", model_data_url)
    stage.sagemaker.create_endpoint(EndpointName="from-registry", EndpointConfigName="at-home")
    assert stage.settled_endpoint("from-registry")["EndpointStatus"] == "InService"
    at_home = float(stage.predict("from-registry", _RECORD))
    assert shared.predict("from-registry") == pytest.approx(at_home)
    # The endpoints of one name are two: without the one the other goes on.
    assert shared.other.delete_stack("from-registry") == "DELETE_COMPLETE"
    assert float(stage.predict("from-registry", _RECORD)) == at_home
    with pytest.raises(ClientError, match=f"of account {OTHER_ACCOUNT} not found"):
        shared.predict("from-registry")


@pytest.mark.parametrize(
    ("side", "missing", "said"),
    [
        ("group", "sagemaker:DescribeModelPackage", "no resource-based policy allows the "),
        ("group", "sagemaker:CreateModel", "no resource-based policy allows the "),
        ("cloudformation", "sagemaker:DescribeModelPackage", "no identity-based policy allows "),
        ("cloudformation", "sagemaker:CreateModel", f"{_BASE}:model-package/{_GROUP}/1"),
        ("cloudformation", "iam:PassRole", "iam:PassRole"),
        ("bucket", "s3:GetObject", "Could not access model data"),
        ("execution", "s3:GetObject", "Could not access model data"),
        ("key_policy", "kms:Decrypt", "Could not access model data"),
        ("execution", "kms:Decrypt", "Could not access model data"),
    ],
)
def test_each_statement_of_either_side_is_needed(
    shared: Accounts, side: str, missing: str, said: str
) -> None:
    shared.sharing = Sharing(shared.sharing.key)
    del getattr(shared.sharing, side)[missing]
    shared.apply()
    name = f"without-{side.replace('_', '-')}-{missing.replace(':', '-')}"
    assert shared.deploy(name)["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = shared.other.failures(name)["Model"]
    assert said in reason
    if missing.startswith(("sagemaker", "iam")):
        assert missing in reason


def test_the_api_asks_both_sides_as_a_stack_does(shared: Accounts) -> None:
    shared.sharing = Sharing(shared.sharing.key)
    shared.apply()
    model = {
        "ModelName": "by-api",
        "ExecutionRoleArn": _EXECUTION,
        "PrimaryContainer": {"ModelPackageName": shared.package},
    }
    on_own = allow(["sagemaker:CreateModel", "iam:PassRole"], f"arn:aws:*:*:{OTHER_ACCOUNT}:*")
    on_package = allow(["sagemaker:CreateModel", "sagemaker:DescribeModelPackage"], _PACKAGES)
    keys = shared.other.user("only-own", on_own)
    with pytest.raises(ClientError, match="sagemaker:DescribeModelPackage on resource"):
        shared.other.client("sagemaker", keys).create_model(**model)
    keys = shared.other.user("own-and-package", on_own, on_package)
    answer = shared.other.client("sagemaker", keys).create_model(**model)
    assert answer["ModelArn"] == f"{_OWN}:model/by-api"

    shared.sharing.group.clear()
    shared.apply()
    # Not even the root user of the stage's account, by a stack or by the API.
    with pytest.raises(ClientError, match="AccessDeniedException"):
        shared.other.client("sagemaker").create_model(**{**model, "ModelName": "by-root"})
    stack = shared.other.stack("by-root", _template(shared.package, "by-root"))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "no resource-based policy" in shared.other.failures("by-root")["Model"]


def test_packages_are_described_and_listed_by_arn_as_the_groups_policy_says(
    shared: Accounts,
) -> None:
    shared.sharing = Sharing(shared.sharing.key)
    group = f"{_BASE}:model-package-group/{_GROUP}"
    reader = shared.other.user("reads-registry", allow("sagemaker:*"))
    silent = shared.other.user("reads-nothing")
    sagemaker = shared.other.client("sagemaker", reader)
    shared.apply()
    shown = sagemaker.describe_model_package(ModelPackageName=shared.package)
    assert shown["ModelPackageArn"] == shared.package
    with pytest.raises(ClientError, match="sagemaker:ListModelPackages"):
        sagemaker.list_model_packages(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match="sagemaker:UpdateModelPackage"):
        sagemaker.update_model_package(
            ModelPackageArn=shared.package, ModelApprovalStatus="Rejected"
        )
    with pytest.raises(ClientError, match="no identity-based policy"):
        shared.other.client("sagemaker", silent).describe_model_package(
            ModelPackageName=shared.package
        )

    shared.sharing.group["list"] = _open_to(_OTHER, ["sagemaker:ListModelPackages"], _PACKAGES)
    shared.sharing.group["group"] = _open_to(_OTHER, ["sagemaker:DescribeModelPackageGroup"], group)
    shared.apply()
    found = sagemaker.list_model_packages(ModelPackageGroupName=group)
    arns = [package["ModelPackageArn"] for package in found["ModelPackageSummaryList"]]
    assert arns == [shared.package]
    assert sagemaker.describe_model_package_group(ModelPackageGroupName=group)["CreationTime"]
    assert sagemaker.list_model_packages()["ModelPackageSummaryList"] == []


def test_a_groups_policy_may_come_from_its_template(stage: Stage) -> None:
    other = stage.aws.of_account(OTHER_ACCOUNT)
    reads = allow("sagemaker:DescribeModelPackageGroup", f"{_BASE}:model-package-group/templated")
    document = {"Version": "2012-10-17", "Statement": [{**reads, "Principal": _OTHER}]}
    properties = {"ModelPackageGroupName": "templated", "ModelPackageGroupPolicy": document}
    group = {"G": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": properties}}
    assert stage.aws.stack("templated", group)["StackStatus"] == "CREATE_COMPLETE"
    shown = other.client("sagemaker").describe_model_package_group(
        ModelPackageGroupName=f"{_BASE}:model-package-group/templated"
    )
    assert shown["ModelPackageGroupName"] == "templated"
    assert stage.aws.delete_stack("templated") == "DELETE_COMPLETE"


def test_names_are_free_in_each_account_and_lists_show_the_own(stage: Stage) -> None:
    other = stage.aws.of_account(OTHER_ACCOUNT)
    for account, number in ((stage.aws, ACCOUNT), (other, OTHER_ACCOUNT)):
        sagemaker = account.client("sagemaker")
        sagemaker.create_model_package_group(
            ModelPackageGroupName="twin", Tags=[{"Key": "account", "Value": number}]
        )
    for account, number in ((stage.aws, ACCOUNT), (other, OTHER_ACCOUNT)):
        sagemaker = account.client("sagemaker")
        groups = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
        arns = [group["ModelPackageGroupArn"] for group in groups]
        own = f"arn:aws:sagemaker:eu-west-1:{number}:model-package-group/twin"
        assert own in arns
        assert all(arn.split(":")[4] == number for arn in arns)
        assert sagemaker.list_tags(ResourceArn=own)["Tags"][0]["Value"] == number
    with pytest.raises(ClientError, match="AccessDenied"):
        sagemaker.list_tags(ResourceArn=f"{_BASE}:model-package-group/twin")


def test_projects_are_those_of_the_first_account(stage: Stage) -> None:
    other = stage.aws.of_account(OTHER_ACCOUNT)
    with pytest.raises(ClientError, match="does not model sagemaker:ListProjects"):
        other.client("sagemaker").list_projects()


@pytest.fixture
def own_stage(tmp_path: Path) -> Iterator[Stage]:
    stage = make_stage(LocalAws(tmp_path / "state").start())
    yield stage
    assert stage.aws.stop() == 0


def test_jobs_run_in_their_account_and_a_restart_keeps_endpoints_of_all(own_stage: Stage) -> None:
    other = own_stage.aws.of_account(OTHER_ACCOUNT)
    permissions = allow(["ecr:*", "logs:*", "s3:*", "sagemaker:*", "iam:PassRole"])
    role = other.role("sagemaker-execution", trust(SAGEMAKER), permissions)
    _open = policy(_open_to(_OTHER, ["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*"))
    listing = _open_to(_OTHER, ["s3:ListBucket"], f"arn:aws:s3:::{BUCKET}")
    statements = [*json.loads(_open)["Statement"], listing]
    own_stage.s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(*statements))

    there = Stage(other, role)
    there.sagemaker.create_training_job(TrainingJobName="trained", **training_arguments(role))
    job = there.finished_job("Training", "trained")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["TrainingJobArn"] == f"{_OWN}:training-job/trained"
    assert own_stage.sagemaker.list_training_jobs()["TrainingJobSummaries"] == []
    streams = other.client("logs").describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")
    assert streams["logStreams"]

    there.create_config("kept", job["ModelArtifacts"]["S3ModelArtifacts"])
    there.sagemaker.create_endpoint(EndpointName="kept", EndpointConfigName="kept")
    assert there.settled_endpoint("kept")["EndpointStatus"] == "InService"
    before = there.predict("kept", _RECORD)
    assert own_stage.aws.stop() == 0
    own_stage.aws.start()
    wait_for(
        lambda: there.settled_endpoint("kept")["EndpointStatus"] == "InService",
        seconds=30,
        what="the endpoint",
    )
    assert there.predict("kept", _RECORD) == before
    assert own_stage.sagemaker.list_endpoints()["Endpoints"] == []
