"""The artifact must be the one that was evaluated, and the one that was deployed before."""

import hashlib
from typing import Any

import pytest
from botocore.exceptions import ResponseStreamingError

from deploy_endpoint.errors import AwsCallError, ModelPackageError
from deploy_endpoint.model.evaluation_report import Provenance, check_artifact

from ..conftest import ARN, DATA_SHA256, Stub, add_object

URI = "s3://bucket/run/model.tar.gz"
MODEL = b"model" * (1 << 19)  # more than one chunk
SHA256 = hashlib.sha256(MODEL).hexdigest()
PROVENANCE = Provenance(model_sha256=SHA256, data_sha256=DATA_SHA256)


def package() -> dict[str, Any]:
    return {
        "ModelPackageArn": ARN,
        "InferenceSpecification": {"Containers": [{"ModelDataUrl": URI}]},
    }


@pytest.mark.parametrize("deployed", ["", SHA256])
def test_the_evaluated_artifact_passes(stub: Stub, deployed: str) -> None:
    s3, stubber = stub("s3")
    add_object(stubber, URI, MODEL)
    check_artifact(s3, package(), PROVENANCE, deployed)


def test_a_changed_artifact_is_refused(stub: Stub) -> None:
    s3, stubber = stub("s3")
    add_object(stubber, URI, MODEL + b"!")
    with pytest.raises(ModelPackageError) as error:
        check_artifact(s3, package(), PROVENANCE, "")
    found = hashlib.sha256(MODEL + b"!").hexdigest()
    assert str(error.value) == (
        f"{URI} is not the artifact that was evaluated (its SHA-256 begins with {found[:12]}, "
        f"expected {SHA256[:12]}); reject {ARN} and build the model again."
    )


def test_report_and_artifact_changed_together_are_refused(stub: Stub) -> None:
    s3, stubber = stub("s3")
    add_object(stubber, URI, MODEL)
    with pytest.raises(ModelPackageError, match=r"is not the artifact that was deployed \(its"):
        check_artifact(s3, package(), PROVENANCE, "e" * 64)


@pytest.mark.parametrize("containers", [[], [{"Image": "image"}]])
def test_a_package_without_artifact_is_refused(stub: Stub, containers: list[Any]) -> None:
    s3, _ = stub("s3")
    bare = package() | {"InferenceSpecification": {"Containers": containers}}
    with pytest.raises(ModelPackageError, match="/7 names no model artifact; build the model"):
        check_artifact(s3, bare, PROVENANCE, "")


def test_an_artifact_that_is_gone_is_one_sentence(stub: Stub) -> None:
    s3, stubber = stub("s3")
    stubber.add_client_error("get_object", "NoSuchKey", "The key does not exist.")
    with pytest.raises(ModelPackageError) as error:
        check_artifact(s3, package(), PROVENANCE, "")
    assert str(error.value) == (
        f"{URI} was deleted, or this role may not read it (NoSuchKey: The key does not exist); "
        "restore it, or build the model again."
    )


def test_another_refusal_of_s3_is_told(stub: Stub) -> None:
    s3, stubber = stub("s3")
    stubber.add_client_error("get_object", "SlowDown", "Not now.")
    with pytest.raises(AwsCallError, match=f"^AWS refused to read {URI}: SlowDown, Not now"):
        check_artifact(s3, package(), PROVENANCE, "")


def test_a_broken_connection_is_one_sentence() -> None:
    class Broken:
        def get_object(self, **_: str) -> dict[str, Any]:
            return {"Body": self}

        def read(self, _: int) -> bytes:
            raise ResponseStreamingError(error="reset")

    with pytest.raises(AwsCallError, match=f"^Could not read {URI}: .*; check sign-in and net"):
        check_artifact(Broken(), package(), PROVENANCE, "")
