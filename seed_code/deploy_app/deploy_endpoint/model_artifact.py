"""Is the artifact still the one that was evaluated and approved?"""

import hashlib
from typing import Any

from deploy_endpoint.errors import ModelPackageError, aws_errors_explained
from deploy_endpoint.evaluation_report import Provenance, read_object

_CHUNK_BYTES = 1 << 20


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
