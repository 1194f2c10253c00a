"""SageMaker in several accounts: each has its own names, jobs and endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    allow,
    policy,
    trust,
    wait_for,
)
from rehearsal.tests.sagemaker.sagemaker_aws import (
    BUCKET,
    SAGEMAKER,
    SageMakerAws,
    training_arguments,
)
from rehearsal.tests.sagemaker.sharing import OWN, RECORD, REGISTRY, STAGE_ROOT, open_to


def test_names_are_free_in_each_account_and_lists_show_the_own(aws: SageMakerAws) -> None:
    other = aws.of_account(OTHER_ACCOUNT)
    for account, number in ((aws, ACCOUNT), (other, OTHER_ACCOUNT)):
        sagemaker = account.client("sagemaker")
        sagemaker.create_model_package_group(
            ModelPackageGroupName="twin", Tags=[{"Key": "account", "Value": number}]
        )
    for account, number in ((aws, ACCOUNT), (other, OTHER_ACCOUNT)):
        sagemaker = account.client("sagemaker")
        pages = sagemaker.get_paginator("list_model_package_groups").paginate()
        groups = [group for page in pages for group in page["ModelPackageGroupSummaryList"]]
        arns = [group["ModelPackageGroupArn"] for group in groups]
        own = f"arn:aws:sagemaker:eu-west-1:{number}:model-package-group/twin"
        assert own in arns
        assert all(arn.split(":")[4] == number for arn in arns)
        assert sagemaker.list_tags(ResourceArn=own)["Tags"][0]["Value"] == number
    with pytest.raises(ClientError, match="AccessDenied"):
        sagemaker.list_tags(ResourceArn=f"{REGISTRY}:model-package-group/twin")


def test_projects_are_those_of_the_first_account(aws: SageMakerAws) -> None:
    other = aws.of_account(OTHER_ACCOUNT)
    with pytest.raises(ClientError, match="does not model sagemaker:ListProjects"):
        other.client("sagemaker").list_projects()


@pytest.fixture
def own_aws(tmp_path: Path) -> Iterator[SageMakerAws]:
    server = SageMakerAws(tmp_path / "state").start()
    yield server.prepare()
    assert server.stop() == 0


def test_jobs_run_in_their_account_and_a_restart_keeps_endpoints_of_all(
    own_aws: SageMakerAws,
) -> None:
    other = own_aws.of_account(OTHER_ACCOUNT)
    permissions = allow(["ecr:*", "logs:*", "s3:*", "sagemaker:*", "iam:PassRole"])
    role = other.role("sagemaker-execution", trust(SAGEMAKER), permissions)
    bucket = f"arn:aws:s3:::{BUCKET}"
    objects = open_to(STAGE_ROOT, ["s3:GetObject", "s3:PutObject"], f"{bucket}/*")
    listing = open_to(STAGE_ROOT, ["s3:ListBucket"], bucket)
    own_aws.s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(objects, listing))

    there = replace(own_aws.of_account(OTHER_ACCOUNT), role_arn=role)
    there.sagemaker.create_training_job(TrainingJobName="trained", **training_arguments(role))
    job = there.finished_job("Training", "trained")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["TrainingJobArn"] == f"{OWN}:training-job/trained"
    assert own_aws.sagemaker.list_training_jobs()["TrainingJobSummaries"] == []
    streams = other.client("logs").describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")
    assert streams["logStreams"]

    there.create_config("kept", job["ModelArtifacts"]["S3ModelArtifacts"])
    there.sagemaker.create_endpoint(EndpointName="kept", EndpointConfigName="kept")
    assert there.settled_endpoint("kept")["EndpointStatus"] == "InService"
    before = there.predict("kept", RECORD)
    assert own_aws.stop() == 0
    own_aws.start()
    wait_for(
        lambda: there.settled_endpoint("kept")["EndpointStatus"] == "InService",
        what="the endpoint",
    )
    assert there.predict("kept", RECORD) == before
    assert own_aws.sagemaker.list_endpoints()["Endpoints"] == []
