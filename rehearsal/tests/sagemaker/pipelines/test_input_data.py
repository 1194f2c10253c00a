"""What of a bucket comes into a job's folder, and under which names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.aws.sagemaker.object_store import ObjectStore
from rehearsal.conductor.synthetic_abalone import generate
from rehearsal.tests.sagemaker.sagemaker_aws import (
    BUCKET,
    SageMakerAws,
    processing_arguments,
    s3_input,
    token,
    training_arguments,
)

SCRIPTS = Path(__file__).resolve().parents[4] / "seed_code/build_app/source_scripts"


@pytest.mark.parametrize(
    ("prefix", "keys", "expected"),
    [
        ("a.csv", ["a.csv"], ["a.csv"]),
        ("a.csv", ["a.csv", "a.csv.bak", "b.csv"], ["a.csv", "a.csv.bak"]),
        ("deep/a.csv", ["deep/a.csv", "deep/a.csv.2", "a.csv"], ["a.csv", "a.csv.2"]),
        ("deep/a", ["deep/a.csv", "deep/ab.csv"], ["a.csv", "ab.csv"]),
        ("data/", ["data/x", "data/y/z", "data-old/x", "data"], ["x", "y/z"]),
        ("data", ["data/x", "data/y/z", "data-old/x"], ["data-old/x", "x", "y/z"]),
        ("data/", ["data/", "data/_SUCCESS", "data/.x.crc"], [".x.crc", "_SUCCESS"]),
        ("", ["x", "y/z"], ["x", "y/z"]),
    ],
)
def test_every_key_that_begins_with_the_prefix_comes(
    aws: SageMakerAws, tmp_path: Path, prefix: str, keys: list[str], expected: list[str]
) -> None:
    bucket = f"prefixes-{token()}"
    place = {"LocationConstraint": "eu-west-1"}
    aws.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    for key in keys:
        aws.s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    came = ObjectStore(aws.s3).download(f"s3://{bucket}/{prefix}", tmp_path)
    found = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path).as_posix() for path in found] == expected
    assert came == len(expected)


def test_a_manifest_is_not_taken_for_data(aws: SageMakerAws) -> None:
    processing = processing_arguments(aws.role_arn, f"s3://{BUCKET}/out/manifest")
    processing["ProcessingInputs"][0]["S3Input"]["S3DataType"] = "ManifestFile"
    with pytest.raises(ClientError, match="ProcessingInput data has the S3DataType ManifestFile"):
        aws.run_processing_job("manifest", **processing)
    training = training_arguments(aws.role_arn)
    source = training["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    source["S3DataType"] = "AugmentedManifestFile"
    with pytest.raises(ClientError, match="Channel train has the S3DataType Augmented"):
        aws.sagemaker.create_training_job(TrainingJobName="manifest", **training)


@pytest.fixture(scope="module")
def neighbours(aws: SageMakerAws) -> None:
    """A file and a folder of 30 records each, with copies and marks beside and in them."""
    for script in (*SCRIPTS.glob("*.py"), SCRIPTS.parent / "dataset.toml"):
        aws.put(f"preprocess/{script.name}", script.read_bytes())
    records = list(generate(60, seed=1))
    first, second = (
        "".join(f"{record}\n" for record in part) for part in (records[:30], records[30:])
    )
    for name in ("a.csv", "a.csv.bak", "a.csv.d/copy", "folder/part-0", "folder-old/part-0"):
        aws.put(f"neighbours/{name}", first)
    aws.put("neighbours/folder/part-1", second)
    for mark in ("folder/_SUCCESS", "folder/.part-0.crc", "folder/part-1.crc", "folder/part-2"):
        aws.put(f"neighbours/{mark}", b"" if mark.endswith("2") else b"crc\x00\xff")


def _preprocess(aws: SageMakerAws, url: str) -> dict[str, Any]:
    root, name = "/opt/ml/processing", f"preprocess-{token()}"
    outputs = ("train", "validation", "test", "statistics")
    arguments = ["--input-dir", f"{root}/data", "--input-url", url]
    arguments += ["--dataset-file", f"{root}/code/dataset.toml"]
    for output in outputs:
        arguments += [f"--{output}-dir", f"{root}/{output}"]
    request = processing_arguments(aws.role_arn, "")
    request["AppSpecification"]["ContainerEntrypoint"] = ["python3", f"{root}/code/preprocess.py"]
    request["AppSpecification"]["ContainerArguments"] = arguments
    request["ProcessingInputs"] = [
        s3_input("data", url, f"{root}/data"),
        s3_input("code", f"s3://{BUCKET}/preprocess/", f"{root}/code"),
    ]
    del request["ProcessingOutputConfig"]
    return {**aws.run_processing_job(name, **request), "log": _log(aws, name)}


def _log(aws: SageMakerAws, name: str) -> str:
    return (aws.state_dir / f"sagemaker/logs/processing-job/{name}.log").read_text()


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("a.csv", "30 records: "),
        ("folder/", "60 records: "),
        ("folder", "names no file"),
        ("a.cs", "names no file"),
    ],
)
def test_preprocessing_reads_what_is_named_and_no_neighbour(
    aws: SageMakerAws, neighbours: None, named: str, said: str
) -> None:
    assert said in _preprocess(aws, f"s3://{BUCKET}/neighbours/{named}")["log"]
