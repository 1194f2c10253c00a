"""Act 6: raw records go to the endpoint, and its answers are held against what is known."""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.dataset import seed_dataset, seed_script
from rehearsal.conductor.errors import RehearsalError

GATE_MSE = 6.0
SAMPLE = 200
_SHOWN = 5
_WIDEST = 58


@dataclass(frozen=True)
class HeldOut:
    """Test records as a client sends them, and their labels."""

    records: list[list[str]]
    labels: list[str]


def perform(play: Play) -> None:
    """Predict records that the training never saw, and send one that is malformed."""
    held_out = _held_out(play)
    # In the account of the last stage, whose endpoint is asked.
    runtime = play.user_of(play.options.stages[-1]).client("sagemaker-runtime")
    predicted = _predict(play, runtime, held_out.records)
    if len(predicted) != len(held_out.labels):
        raise RehearsalError(
            f"{len(held_out.labels)} records were sent, {len(predicted)} answers came back."
        )
    play.facts["predictions"] = [
        {"record": ",".join(record), "predicted": answer, "known": label}
        for record, answer, label in zip(
            held_out.records[:_SHOWN], predicted, held_out.labels, strict=False
        )
    ]
    for line in play.facts["predictions"]:
        record = line["record"]
        shown = record if len(record) <= _WIDEST else f"{record[: _WIDEST - 1]}…"
        play.say(f"{shown:<{_WIDEST}} predicted {line['predicted']}  known {line['known']}")
    _judge(play, predicted, held_out.labels)
    _expect_refusal(play, runtime, held_out.records[0])


def _predict(play: Play, runtime: Any, records: list[list[str]]) -> list[str]:
    """The endpoint's answers: rounded numbers, or classes."""
    answer = runtime.invoke_endpoint(
        EndpointName=play.facts["endpoint_name"],
        ContentType="text/csv",
        Accept="application/json",
        Body=seed_script("records").write_records(records),
    )
    predictions = json.loads(answer["Body"].read())["predictions"]
    return [p.get("predicted_label") or f"{p['score']:.5g}" for p in predictions]


def _judge(play: Play, predicted: list[str], known: list[str]) -> None:
    """Say how near the answers are, and hold them against the gate of the default data."""
    if _dataset(play).classes:
        right = sum(p == k for p, k in zip(predicted, known, strict=True))
        play.facts["endpoint_accuracy"] = right / len(known)
        play.say(f"{right} of {len(known)} records got their class")
        return
    errors = [(float(p) - float(k)) ** 2 for p, k in zip(predicted, known, strict=True)]
    mse = sum(errors) / len(errors)
    play.facts["endpoint_mse"] = mse
    gate = f" (gate: {GATE_MSE})" if play.options.label is None else ""
    play.say(f"mean squared error over {len(known)} records: {mse:.4g}{gate}")
    if gate and mse > GATE_MSE:
        raise RehearsalError(f"The endpoint's error {mse:.2f} is above the gate {GATE_MSE}.")


def _expect_refusal(play: Play, runtime: Any, record: list[str]) -> None:
    features = _dataset(play).features
    numbers = [i for i, column in enumerate(features) if column.type == "number"]
    # What no column takes, or one value too many where each takes any.
    wrong = [*record, "long"]
    if numbers:
        wrong = [*record[: numbers[0]], "long", *record[numbers[0] + 1 :]]
    malformed = seed_script("records").write_records([wrong])
    try:
        runtime.invoke_endpoint(
            EndpointName=play.facts["endpoint_name"], ContentType="text/csv", Body=malformed
        )
    except ClientError as error:
        if 400 <= error.response.get("OriginalStatusCode", 0) < 500:
            play.say(f"a malformed record is refused: {error.response['OriginalMessage']}")
            return
        raise RehearsalError(f"A malformed record was answered with: {error}") from error
    raise RehearsalError("A malformed record was answered with a prediction.")


def _dataset(play: Play) -> Any:
    """What the data scientist's `dataset.toml` says, or the shipped one."""
    if not play.clone.exists():
        return seed_dataset()
    return seed_script("dataset").Dataset.parse((play.clone / "dataset.toml").read_bytes())


def _held_out(play: Play) -> HeldOut:
    """Read the pipeline's test split."""
    sagemaker = play.world.administrator.client("sagemaker")
    steps = sagemaker.list_pipeline_execution_steps(
        PipelineExecutionArn=play.facts["pipeline_execution_arn"]
    )["PipelineExecutionSteps"]
    job = next(s for s in steps if s["StepName"].startswith("Preprocess"))["Metadata"]
    described = sagemaker.describe_processing_job(
        ProcessingJobName=job["ProcessingJob"]["Arn"].rsplit("/", 1)[-1]
    )
    outputs = described["ProcessingOutputConfig"]["Outputs"]
    folder = next(o for o in outputs if o["OutputName"] == "test")["S3Output"]["S3Uri"]
    records, labels = (
        _csv(play.read_s3(f"{folder}/{name}").decode()) for name in ("records.csv", "labels.csv")
    )
    return HeldOut(records[:SAMPLE], [label for (label,) in labels[:SAMPLE]])


def _csv(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text)) if row]
