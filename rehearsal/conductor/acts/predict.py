"""Act 6: raw records go to the endpoint, and its answers are held against the known rings."""

import csv
import io
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.dataset import seed_script
from rehearsal.conductor.errors import RehearsalError

GATE_MSE = 6.0
SAMPLE = 200


def perform(play: Play) -> None:
    """Predict records that the training never saw, and send one that is malformed."""
    records = _held_out(play)[:SAMPLE]
    # In the account of the last stage, whose endpoint is asked.
    runtime = play.user_of(play.options.stages[-1]).client("sagemaker-runtime")
    name = play.facts["endpoint_name"]
    body = seed_script("records").write_records(record[:-1] for record in records)
    answer = runtime.invoke_endpoint(EndpointName=name, ContentType="text/csv", Body=body)
    predicted = [float(cell) for row in _csv(answer["Body"].read().decode()) for cell in row]
    known = [float(record[-1]) for record in records]
    if len(predicted) != len(known):
        raise RehearsalError(f"{len(known)} records were sent, {len(predicted)} answers came back.")
    mse = sum((p - k) ** 2 for p, k in zip(predicted, known, strict=True)) / len(known)
    play.facts["endpoint_mse"] = mse
    play.facts["predictions"] = [
        {"record": ",".join(record[:-1]), "predicted_rings": round(p, 2), "known_rings": k}
        for record, p, k in zip(records[:5], predicted, known, strict=False)
    ]
    for line in play.facts["predictions"]:
        play.say(
            f"{line['record']:<58} predicted {line['predicted_rings']:5.2f}  "
            f"known {line['known_rings']:.0f}"
        )
    play.say(f"mean squared error over {len(known)} records: {mse:.2f} (gate: {GATE_MSE})")
    if mse > GATE_MSE:
        raise RehearsalError(f"The endpoint's error {mse:.2f} is above the gate {GATE_MSE}.")
    _expect_refusal(play, runtime, records[0])


def _expect_refusal(play: Play, runtime: Any, record: list[str]) -> None:
    malformed = seed_script("records").write_records([[record[0], "long", *record[2:-1]]])
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


def _held_out(play: Play) -> list[list[str]]:
    """Read the pipeline's test split: raw records with their rings as the last column."""
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
    return [[*record, label] for record, (label,) in zip(records, labels, strict=True)]


def _csv(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text)) if row]
