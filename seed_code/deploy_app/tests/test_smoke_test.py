"""Against clients that botocore's Stubber checks with the service models."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from deploy_endpoint import smoke_test
from deploy_endpoint.errors import AwsCallError, EndpointError, SettingsError
from deploy_endpoint.smoke_test import (
    parse_rings,
    predict,
    read_records,
    table,
    wait_until_in_service,
)

RECORDS = ["M,0.5,0.4,0.1,0.6,0.2,0.1,0.2", "I,0.3,0.2,0.1,0.1,0.1,0.1,0.1"]
TIME = datetime(2026, 11, 1, tzinfo=UTC)


def stubbed(service: Any) -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client(
        service,
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def sagemaker() -> Iterator[tuple[Any, Stubber]]:
    yield from stubbed("sagemaker")


@pytest.fixture
def runtime() -> Iterator[tuple[Any, Stubber]]:
    yield from stubbed("sagemaker-runtime")


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def add_status(stubber: Stubber, status: str, **more: str) -> None:
    answer = {
        "EndpointName": "Abalone-dev",
        "EndpointArn": "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/abalone-dev",
        "EndpointStatus": status,
        "CreationTime": TIME,
        "LastModifiedTime": TIME,
        **more,
    }
    stubber.add_response("describe_endpoint", answer, {"EndpointName": "Abalone-dev"})


def wait(client: Any, clock: Clock) -> None:
    wait_until_in_service(client, "Abalone-dev", timeout_seconds=12, clock=clock, sleep=clock.sleep)


def add_answer(stubber: Stubber, body: str, records: list[str] = RECORDS) -> None:
    stream = StreamingBody(io.BytesIO(body.encode()), len(body.encode()))
    stubber.add_response(
        "invoke_endpoint",
        {"Body": stream, "ContentType": "text/csv"},
        {
            "EndpointName": "Abalone-dev",
            "ContentType": "text/csv",
            "Accept": "text/csv",
            "Body": "\n".join(records).encode(),
        },
    )


def test_it_waits_until_the_endpoint_is_in_service(sagemaker: tuple[Any, Stubber]) -> None:
    client, stubber = sagemaker
    for status in ("Creating", "Updating", "InService"):
        add_status(stubber, status)
    clock = Clock()
    wait(client, clock)
    assert clock.now == 10


def test_it_does_not_wait_for_ever(sagemaker: tuple[Any, Stubber]) -> None:
    client, stubber = sagemaker
    for _ in range(4):
        add_status(stubber, "Creating")
    with pytest.raises(EndpointError, match="still Creating after 12 s; see its logs"):
        wait(client, Clock())


def test_a_failed_endpoint_is_named_with_its_reason(sagemaker: tuple[Any, Stubber]) -> None:
    client, stubber = sagemaker
    add_status(stubber, "Failed", FailureReason="The ping did not answer.")
    with pytest.raises(EndpointError, match=r"is Failed \(The ping did not answer\); see its logs"):
        wait(client, Clock())


def test_an_absent_endpoint_is_one_sentence(sagemaker: tuple[Any, Stubber]) -> None:
    client, stubber = sagemaker
    stubber.add_client_error("describe_endpoint", "ValidationException", "Could not find it.")
    with pytest.raises(AwsCallError, match=r"^AWS refused to describe endpoint Abalone-dev: Valid"):
        wait(client, Clock())


@pytest.mark.parametrize("body", ["9.5\n7.25\n", "9.5,7.25"])
def test_every_record_gets_its_rings(runtime: tuple[Any, Stubber], body: str) -> None:
    client, stubber = runtime
    add_answer(stubber, body)
    assert predict(client, "Abalone-dev", RECORDS) == [9.5, 7.25]


def test_a_refused_record_is_told_in_the_models_words(runtime: tuple[Any, Stubber]) -> None:
    client, stubber = runtime
    stubber.add_client_error(
        "invoke_endpoint",
        "ModelError",
        "Received client error (400) from primary.",
        http_status_code=424,
        modeled_fields={"OriginalStatusCode": 400, "OriginalMessage": "column sex is 'X'"},
    )
    with pytest.raises(EndpointError, match=r"answered 400 \(column sex is 'X'\); correct"):
        predict(client, "Abalone-dev", RECORDS)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("9.5\n", "answered 1 values for 2 records"),
        ("", "answered 0 values for 2 records"),
        ("9.5\nnan\n", "record 2 is 'nan', not a finite number of rings"),
        ("inf\n9.5\n", "record 1 is 'inf', not a finite number of rings"),
        ("9.5\nerror\n", "record 2 is 'error', not a finite number of rings"),
    ],
)
def test_anything_but_one_finite_number_a_record_is_refused(body: str, sentence: str) -> None:
    with pytest.raises(EndpointError, match=sentence):
        parse_rings(body, 2)


def test_the_shipped_records_have_eight_columns(repository: Path) -> None:
    records = read_records(repository / "config" / "sample_records.csv")
    assert {len(record.split(",")) for record in records} == {8}


@pytest.mark.parametrize("text", [None, "", "\n \n"])
def test_missing_records_are_refused(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "records.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsError, match="add raw records, one a line"):
        read_records(path)


def test_the_table_is_aligned() -> None:
    assert table(["F,1", "M,0.25"], [9.126, 10]).splitlines() == [
        "| Record | Rings |",
        "| ------ | ----: |",
        "| F,1    |  9.13 |",
        "| M,0.25 | 10.00 |",
    ]


def test_the_command_refuses_a_stage_that_is_not_there(repository: Path) -> None:
    with pytest.raises(SystemExit, match="has no stage 'qa'; add it or choose one of: dev"):
        smoke_test.main(["--stage", "qa"])


def test_the_command_prints_and_writes_the_summary(
    repository: Path,
    sagemaker: tuple[Any, Stubber],
    runtime: tuple[Any, Stubber],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clients = {"sagemaker": sagemaker[0], "sagemaker-runtime": runtime[0]}
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(repository / "summary.md"))
    records = read_records(repository / "config" / "sample_records.csv")
    add_status(sagemaker[1], "InService")
    add_answer(runtime[1], "\n".join("8.5" for _ in records), records)
    smoke_test.main([])
    assert capsys.readouterr().out.count(" 8.50 |") == len(records)
    assert (repository / "summary.md").read_text().startswith("### Endpoint `Abalone-dev` is in")
