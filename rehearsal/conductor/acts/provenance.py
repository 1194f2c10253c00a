"""What a registered model says that it was made from, held against what is true here."""

import hashlib
import json
import tomllib
from typing import Any

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.set_up import DATA_BUCKET, DATA_KEY
from rehearsal.conductor.errors import RehearsalError


def read_provenance(play: Play, package: dict[str, Any], commit: str) -> dict[str, str]:
    """Read commit, execution and digests of a model package after comparing each.

    Args:
        play: of the act in which the model was built.
        package: the answer of DescribeModelPackage.
        commit: whose push started the build.

    Raises:
        RehearsalError: the package claims another origin than it has.
    """
    (container,) = package["InferenceSpecification"]["Containers"]
    true = {
        "commit": commit,
        "pipeline-execution": str(play.facts["pipeline_execution_arn"]),
        "model_sha256": _digest(play, container["ModelDataUrl"]),
        "data_sha256": _digest(play, _data_url(play)),
    }
    claimed = {
        **package.get("CustomerMetadataProperties", {}),
        **read_report(play, package)["provenance"],
    }
    wrong = [name for name, value in true.items() if claimed.get(name) != value]
    if wrong:
        raise RehearsalError(
            f"The model package claims another {wrong[0]} than it has: "
            f"{claimed.get(wrong[0])}, not {true[wrong[0]]}."
        )
    return true


def read_report(play: Play, package: dict[str, Any]) -> dict[str, Any]:
    """Read the evaluation report that the registry names."""
    uri = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    return dict(json.loads(play.read_s3(uri)))


def _data_url(play: Play) -> str:
    if not play.clone.exists():
        return f"s3://{DATA_BUCKET}/{DATA_KEY}"
    settings = tomllib.loads((play.clone / "pipeline.toml").read_text(encoding="utf-8"))
    return str(settings["data"]["url"])


def _digest(play: Play, uri: str) -> str:
    return hashlib.sha256(play.read_s3(uri)).hexdigest()
