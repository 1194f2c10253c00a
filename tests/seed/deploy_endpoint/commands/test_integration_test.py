"""Against clients that botocore's Stubber checks with the service models."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from deploy_endpoint.commands.integration_test import (
    compare,
    parse_predictions,
    predict,
    read_sample,
    table,
)
from deploy_endpoint.errors import EndpointError, SettingsError
from deploy_endpoint.model.evaluation_report import Sample

from ..conftest import PREDICTIONS, RECORDS, Stub, evaluation, run_command

TIME = datetime(2026, 11, 1, tzinfo=UTC)
SAMPLE = Sample(records=RECORDS, predictions=[[number] for number in PREDICTIONS])


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


def add_answer(stubber: Stubber, body: str) -> None:
    stream = StreamingBody(io.BytesIO(body.encode()), len(body.encode()))
    stubber.add_response(
        "invoke_endpoint",
        {"Body": stream, "ContentType": "text/csv"},
        {
            "EndpointName": "Abalone-dev",
            "ContentType": "text/csv",
            "Accept": "text/csv",
            "Body": "\n".join(RECORDS).encode(),
        },
    )


@pytest.mark.parametrize("body", ["9.5\n7.25\n", "9.5,7.25"])
def test_every_record_gets_its_prediction(stub: Stub, body: str) -> None:
    client, stubber = stub("sagemaker-runtime")
    add_answer(stubber, body)
    assert predict(client, "Abalone-dev", SAMPLE) == [[9.5], [7.25]]


def test_a_refused_sample_is_told_in_the_models_words(stub: Stub) -> None:
    client, stubber = stub("sagemaker-runtime")
    stubber.add_client_error(
        "invoke_endpoint",
        "ModelError",
        "Received client error (400) from primary.",
        http_status_code=424,
        modeled_fields={"OriginalStatusCode": 400, "OriginalMessage": "column sex is 'X'"},
    )
    with pytest.raises(EndpointError, match=r"answered 400 \(column sex is 'X'\) to its own sam"):
        predict(client, "Abalone-dev", SAMPLE)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("9.5\n", "answered 1 values for 2 records"),
        ("", "answered 0 values for 2 records"),
        ("9.5\nnan\n", "record 2 is 'nan', not a finite number"),
        ("inf\n9.5\n", "record 1 is 'inf', not a finite number"),
        ("9.5\nerror\n", "record 2 is 'error', not a finite number"),
    ],
)
def test_anything_but_one_finite_number_a_record_is_refused(body: str, sentence: str) -> None:
    with pytest.raises(EndpointError, match=sentence):
        parse_predictions(body, 2, 1)


@pytest.mark.parametrize("body", ["0.1,0.2,0.7\n1,0,0\n", "0.1\n0.2\n0.7\n1\n0\n0"])
def test_a_record_may_get_a_probability_for_each_class(body: str) -> None:
    answered = parse_predictions(body, 2, 3)
    assert answered == [[0.1, 0.2, 0.7], [1, 0, 0]]
    sample = Sample(records=["M", "F"], predictions=[[0.1, 0.2, 0.7], [1.0, 0.0, 0.0]])
    compare(sample, answered)
    assert "| M      | 0.10 0.20 0.70 | 0.10 0.20 0.70 |" in table(sample, answered)
    with pytest.raises(EndpointError, match=r"predicts 0 1 0 for record 2 .* the pipeline 1 0 0"):
        compare(sample, [[0.1, 0.2, 0.7], [0, 1, 0]])
    with pytest.raises(EndpointError, match="must answer 3 numbers a record"):
        parse_predictions("0.1,0.9", 2, 3)


@pytest.mark.parametrize("answered", [PREDICTIONS, [9.5004, 7.2505]])
def test_predictions_that_differ_by_their_digits_are_the_same(answered: list[float]) -> None:
    compare(SAMPLE, [[number] for number in answered])


@pytest.mark.parametrize(
    ("answered", "sentence"),
    [
        ([9.52, 7.25], "The endpoint predicts 9.52 for record 1 of the sample (M,0.5,"),
        ([7.25, 9.5], "The endpoint predicts 7.25 for record 1 of the sample (M,0.5,"),
        ([9.5, 0.0], "The endpoint predicts 0 for record 2 of the sample (I,0.3,"),
    ],
)
def test_another_models_predictions_are_refused(answered: list[float], sentence: str) -> None:
    with pytest.raises(EndpointError) as error:
        compare(SAMPLE, [[number] for number in answered])
    assert str(error.value).startswith(sentence)
    assert str(error.value).endswith("; look at what differs between the two.")


def test_near_zero_it_is_the_difference_that_counts() -> None:
    compare(Sample(records=["M"], predictions=[[0.0]]), [[1e-7]])


def test_a_sample_that_was_not_kept_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no .*absent\.json; run `python vendor admit_model"):
        read_sample(tmp_path / "absent.json")


def test_the_table_is_aligned_and_short() -> None:
    sample = Sample(
        records=["F,1", "M,0.25", *"abcd"], predictions=[[9.126], [10], [1], [2], [3], [4]]
    )
    assert table(sample, sample.predictions).splitlines() == [
        "| Record | Pipeline | Endpoint |",
        "| ------ | -------: | -------: |",
        "| F,1    |     9.13 |     9.13 |",
        "| M,0.25 |    10.00 |    10.00 |",
        "| a      |     1.00 |     1.00 |",
        "| b      |     2.00 |     2.00 |",
        "| c      |     3.00 |     3.00 |",
    ]


@pytest.mark.usefixtures("repository")
def test_the_command_refuses_a_stage_that_is_not_there() -> None:
    with pytest.raises(SystemExit, match="has no stage 'qa'; add it or choose one of: dev"):
        run_command("integration_test", "--stage", "qa")


@pytest.fixture
def answers(repository: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Stubber:
    """The endpoint of the command is in service; what it answers is still to be told."""
    (repository / "evaluation.json").write_text(json.dumps(evaluation("e" * 64)))
    services = ("cloudformation", "sagemaker", "sagemaker-runtime")
    cloudformation, sagemaker, runtime = made = [stub(service) for service in services]
    clients = dict(zip(services, (client for client, _ in made), strict=True))
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(name, str(repository / name))
    outputs = [{"OutputKey": "EndpointConfigName", "OutputValue": "EndpointConfig-1"}]
    stack = {"StackName": "any", "CreationTime": TIME, "StackStatus": "UPDATE_COMPLETE"}
    cloudformation[1].add_response("describe_stacks", {"Stacks": [{**stack, "Outputs": outputs}]})
    add_status(sagemaker[1], "InService", EndpointConfigName="EndpointConfig-1")
    return runtime[1]


def test_the_command_prints_and_writes_the_summary(
    repository: Path, answers: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    add_answer(answers, "9.5\n7.25\n")
    run_command("integration_test")
    same = "Endpoint Abalone-dev predicts what the pipeline did, 2 of 2"
    assert capsys.readouterr().out.startswith(f"{same}:\n\n| Record")
    assert (repository / "GITHUB_STEP_SUMMARY").read_text().startswith(f"### {same}\n\n| Record")


def test_the_command_hands_the_reason_of_a_failure_on(repository: Path, answers: Stubber) -> None:
    add_answer(answers, "9.5\n8.25\n")
    with pytest.raises(SystemExit):
        run_command("integration_test")
    reason = (repository / "GITHUB_OUTPUT").read_text()
    assert reason.startswith("reason=The endpoint predicts 8.25 for record 2 of the sample (I,0.3")
