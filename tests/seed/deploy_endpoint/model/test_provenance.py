"""Where a model comes from becomes tags that AWS takes."""

import re

import pytest

from deploy_endpoint.errors import SettingsError
from deploy_endpoint.model.approved_model import Provenance, read_provenance

EXECUTION = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/abalone/execution/abcdefghijkl"
KNOWN = {
    "provenance_commit": "c" * 40,
    "provenance_data_sha256": "d" * 64,
    "provenance_model_sha256": "e" * 64,
    "provenance_pipeline_execution": EXECUTION,
    "provenance_approved_by": "arn:aws:sts::111122223333:assumed-role/Reviewer/ana@example.com",
}


def read(values: dict[str, str]) -> Provenance:
    return read_provenance(lambda key: values.get(key, ""))


def test_what_is_known_becomes_a_tag() -> None:
    assert read(KNOWN).tags() == {
        "mlops:commit": "c" * 40,
        "mlops:data-sha256": "d" * 64,
        "mlops:model-sha256": "e" * 64,
        "mlops:pipeline-execution": EXECUTION,
        "mlops:approved-by": KNOWN["provenance_approved_by"],
    }


def test_what_is_unknown_leaves_no_tag() -> None:
    assert read({"provenance_commit": "c" * 40}).tags() == {"mlops:commit": "c" * 40}


def test_a_name_that_tags_cannot_hold_is_made_to_fit() -> None:
    tags = read({"provenance_approved_by": "Zoë (team #1)\n" + "x" * 300}).tags()
    value = tags["mlops:approved-by"]
    assert value.startswith("Zoë _team _1__")
    # The pattern of SageMaker's API for a tag's value, as far as Python's re can say it.
    assert re.fullmatch(r"[\w .:/=+\-@]{1,256}", value)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("provenance_commit", "main", "give the full hash of a git commit, or"),
        ("provenance_data_sha256", "D" * 64, "give 64 hexadecimal digits in small letters, or"),
        ("provenance_model_sha256", "e" * 63, "give 64 hexadecimal digits in small letters, or"),
        ("provenance_pipeline_execution", "abalone", "give the ARN of a pipeline execution, or"),
    ],
)
def test_what_cannot_be_is_refused(key: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=f"^{key} is .*{sentence} leave it out\\.$"):
        read({key: value})
