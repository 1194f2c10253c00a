"""The model card that a version is registered with follows AWS's schema, whatever the settings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.aws.sagemaker.model_card import check_model_card

from .conftest import Ask
from .test_bad_settings import FRAMEWORK, SHIPPED, changed

# What stands in it once an execution has made the model.
ARN = "arn:aws:sagemaker:eu-west-1:111122223333"
KNOWN = {
    "Execution.PipelineExecutionArn": f"{ARN}:pipeline/p/execution/x",
    "Parameters.InputDataUrl": "s3://data/rings.csv",
    "Parameters.MetricThreshold": "6.0",
    "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri": "s3://b/evaluation",
    "Steps.Evaluate.ProcessingOutputConfig.Outputs['package'].S3Output.S3Uri": "s3://b/package",
    "Steps.Train.TrainingJobArn": f"{ARN}:training-job/x",
}
ODD = 'a "quoted" \\ 🜲 \u202e name, with\ta tab'


def card(command: Ask, **files: str) -> dict[str, Any]:
    """The card of a definition, as SageMaker completes it; refused if AWS would."""
    answer = command(command="get_pipeline_definition", argv=[], before=files)
    assert answer["code"] == 0, answer["err"]
    gate = json.loads(answer["out"])["Steps"][-1]["Arguments"]
    (register,) = (step for step in gate["IfSteps"] if step["Name"].startswith("Register"))
    given = register["Arguments"]["ModelCard"]
    parts = given["ModelCardContent"]["Std:Join"]["Values"]
    text = "".join(part if isinstance(part, str) else KNOWN[part["Get"]] for part in parts)
    assert given["ModelCardStatus"] == "Draft"
    assert len(text) <= 100_000
    check_model_card({"ModelCardContent": text})
    content: dict[str, Any] = json.loads(text)
    return content


def test_it_says_what_the_version_was_made_from(command: Ask) -> None:
    found = card(command)
    assert "intended_uses" not in found
    assert found["model_overview"]["model_artifact"] == ["s3://b/package/model.tar.gz"]
    training = found["training_details"]
    assert training["objective_function"]["notes"] == "reg:squarederror"
    assert training["training_job_details"]["training_datasets"] == ["s3://data/rings.csv"]
    parameters = training["training_job_details"]["hyper_parameters"]
    assert {"name": "max_depth", "value": "5"} in parameters
    (evaluation,) = found["evaluation_details"]
    assert evaluation["datasets"] == ["s3://b/evaluation/evaluation.json"]
    assert evaluation["metadata"] == {"gate": "mse at most 6.0"}
    details = found["additional_information"]["custom_details"]
    assert details["label"] == "rings"
    assert details["columns"].startswith("sex, length, ")
    assert details["pipeline_execution"] == KNOWN["Execution.PipelineExecutionArn"]


def toml(value: Any) -> str:
    """TOML writes texts and lists as JSON does, but for characters beyond the first 65,536."""
    return json.dumps(value, ensure_ascii=False)


WIDE = "".join(f'{toml(f"{number} {ODD}")} = {{ type = "number" }}\n' for number in range(1500))
MANY = "".join(f"x{number} = {toml(ODD * 50)}\n" for number in range(75))
CLASSES = toml([f"{number} {ODD}" for number in range(300)])
LABEL = toml(f"label {ODD}")


@pytest.mark.parametrize("script", [None, "train.py"])
def test_it_follows_the_schema_whatever_the_settings_are(command: Ask, script: str | None) -> None:
    pipeline = changed(
        SHIPPED["pipeline.toml"],
        (
            ('type = "regression"', 'type = "multiclass"'),
            ('metric = "mse"\nthreshold = 6.0', 'metric = "accuracy"\nthreshold = 0.5'),
            ('"reg:squarederror"\n', f'"multi:softprob"\n{MANY}empty = ""\n'),
            *(((FRAMEWORK, f'{FRAMEWORK}script = "{script}"\n'),) if script else ()),
        ),
    )
    dataset = (
        f'label = {LABEL}\n[columns]\n{WIDE}note = {{ type = "text" }}\n'
        f'{LABEL} = {{ type = "category", values = {CLASSES} }}\n'
    )
    files = {"pipeline.toml": pipeline, "dataset.toml": dataset}
    if script:
        files[f"source_scripts/{script}"] = "print()\n"
    found = card(command, **files)
    has_objective = "objective_function" in found["training_details"]
    assert has_objective is (script is None)
    details = found["additional_information"]["custom_details"]
    assert all(len(text) <= 1024 for text in details.values())
    assert details["unused_columns"] == "note"
