"""What the pipeline said of a model: `evaluation.json`, which the model package names.

Beside the metrics it holds the digests of model and data, and raw records with the predictions
that the packaged model gave for them. The artifact must still be the one that the report is about.
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlparse

from botocore.exceptions import ClientError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from deploy_endpoint.errors import ModelPackageError, aws_errors_explained

# S3 tells only who may list the bucket that an object is not there; the role may not.
_MISSING_OR_CLOSED = ("AccessDenied", "NoSuchKey")
_CHUNK_BYTES = 1 << 20
_FROM_OUTSIDE = ConfigDict(frozen=True, extra="ignore")


# One number, or a probability for each of more than two classes.
Prediction = Annotated[
    list[float],
    Field(min_length=1),
    BeforeValidator(lambda given: given if isinstance(given, list) else [given]),
]


class Provenance(BaseModel):
    """SHA-256 of the packaged model and of the data that it was made from."""

    model_config = _FROM_OUTSIDE

    model_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    data_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Sample(BaseModel):
    """Raw records as a client sends them, and one prediction for each."""

    model_config = _FROM_OUTSIDE

    records: list[str] = Field(min_length=1)
    predictions: list[Prediction] = Field(min_length=1)


class EvaluationReport(BaseModel):
    """The members of the report that a deployment uses."""

    model_config = _FROM_OUTSIDE

    provenance: Provenance
    sample: Sample


def report_uri(package: Mapping[str, Any]) -> str:
    """Where the report is that a described model package names.

    Raises:
        ModelPackageError: it names none.
    """
    quality = (package.get("ModelMetrics") or {}).get("ModelQuality") or {}
    uri = str((quality.get("Statistics") or {}).get("S3Uri") or "")
    if not uri:
        raise ModelPackageError(
            f"{package['ModelPackageArn']} names no evaluation report; register it by the build "
            "repository's pipeline."
        )
    return uri


def parse_report(text: bytes | str, place: str) -> EvaluationReport:
    """Read a report.

    Raises:
        ModelPackageError: it is not what the pipeline writes.
    """
    try:
        report = EvaluationReport.model_validate_json(text)
    except ValidationError as error:
        member = ".".join(str(part) for part in error.errors()[0]["loc"]) or "JSON"
        raise ModelPackageError(
            f"{place} has no usable {member}; build the model again with the build repository's "
            "present version."
        ) from None
    predictions = report.sample.predictions
    if len(report.sample.records) != len(predictions) or len(set(map(len, predictions))) != 1:
        raise ModelPackageError(f"{place} has not one prediction a record; build the model again.")
    return report


def read_object(s3: Any, uri: str) -> Any:
    """Open an object by its S3 URI, as a stream.

    Raises:
        ModelPackageError: it is not there, or this role may not read it.
    """
    place = urlparse(uri)
    with aws_errors_explained(f"read {uri}"):
        try:
            return s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"]
        except ClientError as error:
            answer = error.response["Error"]
            if answer["Code"] not in _MISSING_OR_CLOSED:
                raise
            raise ModelPackageError(
                f"{uri} was deleted, or this role may not read it ({answer['Code']}: "
                f"{answer['Message'].rstrip('.')}); restore it, or build the model again."
            ) from None


def check_artifact(s3: Any, package: dict[str, Any], provenance: Provenance, deployed: str) -> None:
    """Compare the digest of a package's `model.tar.gz` with what was written down about it.

    Args:
        s3: boto3 client.
        package: of the registry.
        provenance: of the evaluation report, which the pipeline wrote.
        deployed: digest at the first deployment, which no role of the project can change; empty
            before that.

    Raises:
        ModelPackageError: the artifact is gone or was changed.
    """
    arn = package["ModelPackageArn"]
    containers = (package.get("InferenceSpecification") or {}).get("Containers") or [{}]
    uri = containers[0].get("ModelDataUrl")
    if not uri:
        raise ModelPackageError(f"{arn} names no model artifact; build the model again.")
    with aws_errors_explained(f"read {uri}"):
        digest = _sha256(read_object(s3, uri))
    for expected, where in ((provenance.model_sha256, "was evaluated"), (deployed, "was deployed")):
        if expected and digest != expected:
            raise ModelPackageError(
                f"{uri} is not the artifact that {where} (its SHA-256 begins with {digest[:12]}, "
                f"expected {expected[:12]}); reject {arn} and build the model again."
            )


def _sha256(body: Any) -> str:
    hasher = hashlib.sha256()
    for chunk in iter(lambda: body.read(_CHUNK_BYTES), b""):
        hasher.update(chunk)
    return hasher.hexdigest()
