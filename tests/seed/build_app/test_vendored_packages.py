"""Packages that a customer's scripts need: on the path, or refused before AWS is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import CONFIGURATION, Ask
from .test_bad_settings import FRAMEWORK, SHIPPED, changed

FILE = "source_scripts/requirements.txt"
UNKNOWN = f"rings==1.0 --hash=sha256:{'0' * 64}\n"
SCRIPT = ((FRAMEWORK, f'{FRAMEWORK}script = "train.py"\n'),)


def files(lock: str | None) -> dict[str, str]:
    """A repository whose script trains, with what it needs."""
    settings = changed(SHIPPED["pipeline.toml"], SCRIPT)
    written = {"pipeline.toml": settings, "source_scripts/train.py": "import rings\n"}
    return written if lock is None else {**written, FILE: lock}


def definition(command: Ask, lock: str | None) -> dict[str, Any]:
    answer = command(command="get_pipeline_definition", argv=[], before=files(lock))
    assert (answer["code"], answer["requests"]) == (0, []), answer["err"]
    found: dict[str, Any] = json.loads(answer["out"])
    return found


def test_a_definition_with_packages_is_the_same_again_and_needs_no_network(command: Ask) -> None:
    plain, *both, other = (
        definition(command, lock)
        for lock in (None, UNKNOWN, UNKNOWN, UNKNOWN.replace("1.0", "1.1"))
    )
    assert both[0] == both[1]
    text = json.dumps(both[0])
    assert text.count('"PYTHONPATH": "/opt/ml/code/packages"') == 1
    assert text.count('"PYTHONPATH": "/opt/ml/model/code/packages"') == 1
    assert "PYTHONPATH" not in json.dumps(plain)
    addresses = [code_addresses(each) for each in (plain, both[0], other)]
    preprocess, evaluate, train = zip(*addresses, strict=True)
    assert (len(set(preprocess)), len(set(evaluate)), len(set(train))) == (1, 3, 3)


def code_addresses(found: dict[str, Any]) -> tuple[str, str, str]:
    """Where the code of preprocessing, evaluation and training lies."""
    preprocess, train, evaluate, _ = (step["Arguments"] for step in found["Steps"])
    place = f"s3://{CONFIGURATION['ARTIFACT_BUCKET']}/{CONFIGURATION['PIPELINE_NAME']}/code/"
    addresses = [
        next(i["S3Input"]["S3Uri"] for i in job["ProcessingInputs"] if i["InputName"] == "code")
        for job in (preprocess, evaluate)
    ]
    channels = {c["ChannelName"]: c["DataSource"]["S3DataSource"] for c in train["InputDataConfig"]}
    addresses.append(channels["code"]["S3Uri"])
    assert all(address.startswith(place) for address in addresses)
    return addresses[0], addresses[1], addresses[2]


@pytest.mark.parametrize(
    ("lock", "sentence"),
    [
        ("numpy==2.1.0\n", "the image has numpy 2.1.0; leave it out."),
        (UNKNOWN, "uv fetches the packages, and is not on PATH; install it."),
    ],
)
def test_what_cannot_travel_is_refused_and_aws_is_not_asked(
    command: Ask, lock: str, sentence: str
) -> None:
    answer = command(command="run_pipeline", argv=[], before=files(lock))
    assert (answer["code"], answer["out"], answer["requests"]) == (1, "", [])
    said = answer["err"].splitlines()[-1]
    assert said == f"run-pipeline: {FILE} is refused: {sentence}"
