"""Pipeline definitions for the tests."""

from __future__ import annotations

from typing import Any

from rehearsal.tests.sagemaker.sagemaker_aws import (
    BUCKET,
    IMAGE,
    processing_arguments,
    training_arguments,
)


def get(path: str) -> dict[str, str]:
    return {"Get": path}


def output(name: str) -> dict[str, Any]:
    """Address of a step's output that belongs to the execution."""
    values = [f"s3://{BUCKET}/runs", get("Execution.PipelineExecutionId"), name]
    return {"Std:Join": {"On": "/", "Values": values}}


def measure(name: str, role: str, **more: Any) -> dict[str, Any]:
    """A processing step with a property file."""
    wish = more.pop("wish", "work")
    script = more.pop("script", "measure.py")
    arguments = processing_arguments(role, output(name), script=script, wish=wish)
    file = {"PropertyFileName": "Report", "OutputName": "report", "FilePath": "report.json"}
    step = {"Name": name, "Type": "Processing", "Arguments": arguments, "PropertyFiles": [file]}
    return {**step, **more}


def fail(name: str, message: Any = "it was to fail") -> dict[str, Any]:
    return {"Name": name, "Type": "Fail", "Arguments": {"ErrorMessage": message}}


def compare(kind: str, left: Any, right: Any) -> dict[str, Any]:
    return {"Type": kind, "LeftValue": left, "RightValue": right}


def measured_size(step: str = "Measure") -> dict[str, Any]:
    file = get(f"Steps.{step}.PropertyFiles.Report")
    return {"Std:JsonGet": {"PropertyFile": file, "Path": "size.value"}}


def condition(
    name: str, conditions: list[Any], then: list[Any], otherwise: list[Any]
) -> dict[str, Any]:
    arguments = {"Conditions": conditions, "IfSteps": then, "ElseSteps": otherwise}
    return {"Name": name, "Type": "Condition", "Arguments": arguments}


def pipeline(*steps: dict[str, Any], parameters: list[Any] | None = None) -> dict[str, Any]:
    return {"Version": "2020-12-01", "Parameters": parameters or [], "Steps": list(steps)}


def gated_training(role: str, group: str) -> dict[str, Any]:
    """Measure and train, then register the model when the data is large enough."""
    train = {"Name": "Train", "Type": "Training", "Arguments": training_arguments(role)}
    container = {"Image": IMAGE, "ModelDataUrl": get("Steps.Train.ModelArtifacts.S3ModelArtifacts")}
    place = get("Steps.Measure.ProcessingOutputConfig.Outputs['report'].S3Output.S3Uri")
    report = {"Std:Join": {"On": "/", "Values": [place, "report.json"]}}
    statistics = {"ContentType": "application/json", "S3Uri": report}
    arguments = {
        "ModelPackageGroupName": group,
        "ModelApprovalStatus": get("Parameters.Approval"),
        "ModelMetrics": {"ModelQuality": {"Statistics": statistics}},
        "CustomerMetadataProperties": {
            "commit": get("Parameters.CommitId"),
            "pipeline-execution": get("Execution.PipelineExecutionArn"),
        },
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }
    register = {"Name": "Register", "Type": "RegisterModel", "Arguments": arguments}
    message = {"Std:Join": {"On": " ", "Values": ["not", get("Parameters.Least"), "characters"]}}
    large = compare("GreaterThanOrEqualTo", measured_size(), get("Parameters.Least"))
    parameters = [
        {"Name": "Least", "Type": "Float", "DefaultValue": 5.0},
        {"Name": "Approval", "Type": "String", "DefaultValue": "PendingManualApproval"},
        {"Name": "CommitId", "Type": "String", "DefaultValue": "unknown"},
    ]
    gate = condition("Gate", [large], [register], [fail("TooSmall", message)])
    return pipeline(measure("Measure", role), train, gate, parameters=parameters)
