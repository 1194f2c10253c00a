"""What SageMaker itself needs from the role of a job: its image and its log."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from rehearsal.aws.sagemaker.network_isolation import without_network
from rehearsal.tests.emulator.local_aws import allow, trust
from rehearsal.tests.sagemaker.sagemaker_aws import (
    BUCKET,
    IMAGE,
    SAGEMAKER,
    SCRIPT,
    SageMakerAws,
    processing_arguments,
)

_DATA = allow(["s3:*"])
_IMAGES, _LOGS = allow(["ecr:*"]), allow(["logs:*"])


def _process(aws: SageMakerAws, name: str, *statements: dict[str, object]) -> dict[str, object]:
    """A processing job of a role with these statements and all of S3."""
    role = aws.role(name, trust(SAGEMAKER), _DATA, *statements)
    arguments = processing_arguments(role, f"s3://{BUCKET}/out/{name}")
    aws.sagemaker.create_processing_job(ProcessingJobName=name, **arguments)
    return aws.finished_job("Processing", name)


def _streams(aws: SageMakerAws, name: str) -> list[str]:
    found = aws.client("logs").describe_log_streams(
        logGroupName="/aws/sagemaker/ProcessingJobs", logStreamNamePrefix=name
    )
    return [stream["logStreamName"] for stream in found["logStreams"]]


def test_a_job_with_both_runs_and_leaves_a_log(aws: SageMakerAws) -> None:
    assert _process(aws, "pulls-and-logs", _IMAGES, _LOGS)["ProcessingJobStatus"] == "Completed"
    assert _streams(aws, "pulls-and-logs")


def test_a_role_that_may_not_pull_runs_no_job(aws: SageMakerAws) -> None:
    job = _process(aws, "may-not-pull", _LOGS)
    assert job["ProcessingJobStatus"] == "Failed"
    for word in ("Cannot pull image", "assumed-role/may-not-pull", "ecr:GetAuthorizationToken"):
        assert word in str(job["FailureReason"])


def test_without_permission_for_logs_the_job_goes_on_and_its_log_is_lost(aws: SageMakerAws) -> None:
    assert _process(aws, "may-not-log", _IMAGES)["ProcessingJobStatus"] == "Completed"
    assert _streams(aws, "may-not-log") == []


def test_a_role_that_may_not_write_fails_the_job_and_is_told_why(aws: SageMakerAws) -> None:
    reads = {**_DATA, "Action": ["s3:GetObject", "s3:ListBucket"]}
    role = aws.role("may-not-write", trust(SAGEMAKER), reads, _IMAGES, _LOGS)
    arguments = processing_arguments(role, f"s3://{BUCKET}/out/may-not-write")
    aws.sagemaker.create_processing_job(ProcessingJobName="may-not-write", **arguments)
    job = aws.finished_job("Processing", "may-not-write")
    assert job["ProcessingJobStatus"] == "Failed"
    assert "is not authorized to perform: s3:PutObject" in job["FailureReason"]


def test_tags_need_a_permission_of_their_own(aws: SageMakerAws) -> None:
    keys = aws.user("makes-groups", allow("sagemaker:CreateModelPackageGroup"))
    sagemaker = aws.client("sagemaker", keys)
    sagemaker.create_model_package_group(ModelPackageGroupName="untagged")
    with pytest.raises(ClientError, match=r"sagemaker:AddTags on resource: .*group/tagged"):
        sagemaker.create_model_package_group(
            ModelPackageGroupName="tagged", Tags=[{"Key": "team", "Value": "rings"}]
        )


_TELLS_KEYS_AND_NETWORKS = """
import json, os, pathlib, socket, sys
def reaches(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
with socket.create_server(("127.0.0.1", 0)) as own:
    told = ["AWS_SESSION_TOKEN" in os.environ, reaches(%d), reaches(own.getsockname()[1])]
(pathlib.Path(sys.argv[2]) / "report.json").write_text(json.dumps(told))
"""


@pytest.mark.parametrize("isolated", [True, False])
def test_an_isolated_container_has_no_credentials_and_no_network_but_its_own(
    aws: SageMakerAws, isolated: bool
) -> None:
    aws.put("code/measure.py", _TELLS_KEYS_AND_NETWORKS % aws.port)
    name = f"isolated-{str(isolated).lower()}"
    job = aws.run_processing_job(name, NetworkConfig={"EnableNetworkIsolation": isolated})
    aws.put("code/measure.py", SCRIPT)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    keys, outside, inside = json.loads(aws.read(f"s3://{BUCKET}/out/{name}/report.json"))
    # Where no namespace can be made the network stays, and the server's log says so.
    can_isolate = bool(without_network())
    assert (keys, outside, inside) == (not isolated, not (isolated and can_isolate), True)
    assert ("No network namespace can be made" in aws.log.read_text()) is not can_isolate


def test_an_isolated_job_without_its_program_says_so(aws: SageMakerAws) -> None:
    application = {"ContainerEntrypoint": ["no-such-program"], "ImageUri": IMAGE}
    job = aws.run_processing_job(
        "no-program",
        AppSpecification=application,
        NetworkConfig={"EnableNetworkIsolation": True},
    )
    assert job["FailureReason"] == (
        "AlgorithmError: Cannot start no-such-program: No such file or directory"
    )
