"""Endpoints are real server processes that serve the trained model."""

from __future__ import annotations

import gzip
import threading
import zlib

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import allow, wait_for
from rehearsal.tests.sagemaker.sagemaker_aws import IMAGE, SageMakerAws, archive

_RECORD = "0.9,0.5,0.1"


@pytest.fixture(scope="module")
def endpoint(aws: SageMakerAws, model_data_url: str) -> str:
    aws.create_config("served", model_data_url)
    aws.sagemaker.create_endpoint(EndpointName="served", EndpointConfigName="served")
    shown = aws.settled_endpoint("served")
    assert shown["EndpointStatus"] == "InService", shown.get("FailureReason")
    return "served"


def test_endpoint_predicts_with_the_trained_model(aws: SageMakerAws, endpoint: str) -> None:
    high, low = (float(aws.predict(endpoint, f"{a},0.5,0.1")) for a in (0.95, 0.05))
    assert high > low + 3
    answer = aws.runtime.invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Body=_RECORD
    )
    assert answer["InvokedProductionVariant"] == "AllTraffic"


def test_endpoint_shows_what_it_serves(aws: SageMakerAws, endpoint: str) -> None:
    variant = aws.sagemaker.describe_endpoint(EndpointName=endpoint)["ProductionVariants"][0]
    assert variant["DeployedImages"][0]["SpecifiedImage"] == IMAGE
    assert variant["CurrentInstanceCount"] == 1


def test_error_of_the_container_is_a_model_error(aws: SageMakerAws, endpoint: str) -> None:
    with pytest.raises(aws.runtime.exceptions.ModelError) as error:
        aws.predict(endpoint, "no,numbers,here")
    answer = error.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert 400 <= answer["OriginalStatusCode"] < 500
    assert answer["OriginalMessage"] in answer["Error"]["Message"]
    assert "/aws/sagemaker/Endpoints/served" in answer["LogStreamArn"]


def test_unknown_endpoint_is_a_validation_error(aws: SageMakerAws) -> None:
    with pytest.raises(ClientError, match="Endpoint absent of account") as refused:
        aws.predict("absent", _RECORD)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_body_has_a_limit(aws: SageMakerAws, endpoint: str) -> None:
    with pytest.raises(ClientError, match="less than or equal to 6291456"):
        aws.predict(endpoint, "1" * (6 * 1024 * 1024 + 1))


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [
        ("ContentType", "x" * 1025, "'contentType' .* less than or equal to 1024"),
        ("Accept", "x" * 1025, "'accept' .* less than or equal to 1024"),
        ("Accept", "text/é", "'accept' .* regular expression"),
        ("CustomAttributes", "é", "'customAttributes' .* regular expression"),
        ("TargetVariant", "no variant", "'targetVariant' .* regular expression"),
    ],
)
def test_headers_have_limits(
    aws: SageMakerAws, endpoint: str, member: str, value: str, said: str
) -> None:
    with pytest.raises(ClientError, match=said) as refused:
        aws.runtime.invoke_endpoint(
            EndpointName=endpoint, Body=_RECORD, **{"ContentType": "text/csv", member: value}
        )
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_invocation_needs_permission(aws: SageMakerAws, endpoint: str) -> None:
    keys = aws.user("invokes-nothing", allow("s3:*"))
    runtime = aws.client("sagemaker-runtime", keys)
    with pytest.raises(ClientError, match="sagemaker:InvokeEndpoint"):
        runtime.invoke_endpoint(EndpointName=endpoint, ContentType="text/csv", Body=_RECORD)


def test_model_that_does_not_load_fails_the_endpoint(aws: SageMakerAws) -> None:
    url = aws.put("broken/model.tar.gz", archive(**{"surplus.txt": "x"}))
    aws.create_config("broken", url)
    aws.sagemaker.create_endpoint(EndpointName="broken", EndpointConfigName="broken")
    shown = aws.settled_endpoint("broken")
    assert shown["EndpointStatus"] == "Failed"
    assert "did not pass the ping health check" in shown["FailureReason"]
    assert "holds no 'xgboost-model'" in shown["FailureReason"]
    aws.sagemaker.delete_endpoint(EndpointName="broken")


def test_archive_that_leaves_its_folder_is_refused(aws: SageMakerAws) -> None:
    url = aws.put("evil/model.tar.gz", archive(**{"../../../climbed": "x"}))
    aws.create_config("evil", url)
    aws.sagemaker.create_endpoint(EndpointName="evil", EndpointConfigName="evil")
    shown = aws.settled_endpoint("evil")
    assert "Failed to extract model data archive" in shown["FailureReason"]
    assert not list(aws.state_dir.rglob("climbed"))


def _damaged() -> dict[str, bytes]:
    """Archives that end early, or hold something else, at several places."""
    whole = archive(**{"xgboost-model": "".join(map(str, range(50000)))})
    packer = zlib.compressobj(wbits=31)
    begun = packer.compress(gzip.decompress(whole)[:2048]) + packer.flush(zlib.Z_FULL_FLUSH)
    return {
        "empty": b"",
        "text": b"no archive",
        "cut at once": whole[:5],
        "cut in the middle": whole[: len(whole) // 2],
        "changed in the middle": begun + b"\xff" * 100,  # no block of deflate begins so
    }


@pytest.mark.parametrize("damage", _damaged())
def test_archive_that_is_damaged_fails_the_endpoint(aws: SageMakerAws, damage: str) -> None:
    name = f"damaged-{damage.replace(' ', '-')}"
    aws.create_config(name, aws.put(f"{name}/model.tar.gz", _damaged()[damage]))
    aws.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    shown = aws.settled_endpoint(name)
    assert shown["EndpointStatus"] == "Failed"
    assert "Failed to extract model data archive" in shown["FailureReason"]


def test_update_serves_without_a_gap(aws: SageMakerAws, endpoint: str, model_data_url: str) -> None:
    aws.create_config("next", model_data_url)
    failures: list[Exception] = []
    ended = threading.Event()

    def keep_asking() -> None:
        while not ended.is_set():
            try:
                aws.predict(endpoint, _RECORD)
            except ClientError as error:
                failures.append(error)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    aws.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName="next")
    shown = aws.settled_endpoint(endpoint)
    ended.set()
    asking.join()
    assert shown["EndpointStatus"] == "InService"
    assert shown["EndpointConfigName"] == "next"
    assert failures == []


def test_update_that_fails_keeps_the_old_version(aws: SageMakerAws, endpoint: str) -> None:
    before = aws.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    url = aws.put("broken/again.tar.gz", archive(**{"surplus.txt": "x"}))
    aws.create_config("broken-again", url)
    aws.sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName="broken-again")
    shown = aws.settled_endpoint(endpoint)
    assert shown["EndpointStatus"] == "InService"
    assert shown["EndpointConfigName"] == before
    assert "FailureReason" not in shown
    assert aws.predict(endpoint, _RECORD)


def test_only_an_approved_package_is_deployed(aws: SageMakerAws, model_data_url: str) -> None:
    aws.sagemaker.create_model_package_group(ModelPackageGroupName="deployable")
    specification = {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": model_data_url}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    arn = aws.sagemaker.create_model_package(
        ModelPackageGroupName="deployable", InferenceSpecification=specification
    )["ModelPackageArn"]
    model = {"ModelName": "packaged", "ExecutionRoleArn": aws.role_arn}
    containers = [{"ModelPackageName": arn}]
    with pytest.raises(ClientError, match="only an Approved model package"):
        aws.sagemaker.create_model(**model, Containers=containers)
    aws.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    aws.sagemaker.create_model(**model, Containers=containers)
    shown = aws.sagemaker.describe_model(ModelName="packaged")
    assert shown["Containers"] == containers


def test_deleted_endpoint_is_gone(aws: SageMakerAws, model_data_url: str) -> None:
    aws.create_config("passing", model_data_url)
    aws.sagemaker.create_endpoint(EndpointName="passing", EndpointConfigName="passing")
    aws.settled_endpoint("passing")
    aws.sagemaker.delete_endpoint(EndpointName="passing")

    def gone() -> bool:
        found = aws.sagemaker.list_endpoints(NameContains="passing")["Endpoints"]
        return not found

    wait_for(gone, what="the deletion")
    with pytest.raises(ClientError, match="Could not find endpoint"):
        aws.sagemaker.describe_endpoint(EndpointName="passing")
    aws.sagemaker.delete_endpoint_config(EndpointConfigName="passing")
    aws.sagemaker.delete_model(ModelName="passing")
    with pytest.raises(ClientError, match="Could not find model"):
        aws.sagemaker.describe_model(ModelName="passing")
