"""What the made-up account says of its one project, where a page could do nothing with any text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from operations.fleet.stages import TABLE
from tests.console.made_up_aws import ACCOUNT, NOW, REGION, Answers, Only, Refusal
from tests.console.texts import HOSTILE, MARKUP

NAME, ID, OWNER = "made-up", "p-abcdefghijkl", "octo"
GROUP = f"{NAME}-{ID}"
STAGES = ("dev", "staging")
STEPS = ("Preprocess", "Train", "Evaluate", "Register")
VERSIONS = (3, 2)
_COMMIT = "0123456789abcdef0123456789abcdef01234567"
_ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
_EXECUTION = f"{_ARN}:pipeline/{GROUP}/execution/abcdefghijkl"
_METRIC = {"value": 0.9, "standard_deviation": 0.01, "confidence_interval": [0.88, 0.92]}
_PREDICTION = {"predicted_label": HOSTILE, "score": [0.25, 0.75]}
_REFUSED = f"User: {HOSTILE} is not authorized to perform: sagemaker:UpdateModelPackage"
_TOKEN_LINE = (
    f"project /mlops-sm-project/{GROUP} ({OWNER}/{NAME}-build): its GitHub token lasts 3 more days"
)


def version_arn(number: int) -> str:
    """Of a version of the project."""
    return f"{_ARN}:model-package/{GROUP}/{number}"


def _stack(asked: Mapping[str, Any]) -> dict[str, Any]:
    output = {"OutputKey": "MadeUpProductId", "OutputValue": "prod-1"}
    name = asked.get("StackName", "MLOpsServiceCatalog")
    stack = {"StackName": name, "StackStatus": "CREATE_COMPLETE", "Outputs": [output]}
    return {"Stacks": [stack]}


def _provisioned() -> dict[str, Any]:
    told = {
        "Name": GROUP,
        "ProductId": "prod-1",
        "ProvisioningArtifactId": "pa-1",
        "Status": "TAINTED",
        "LastProvisioningRecordId": "rec-1",
        "LastSuccessfulProvisioningRecordId": "rec-1",
    }
    return {"ProvisionedProducts": [told]}


def _project() -> dict[str, Any]:
    given = {"GithubUserName": OWNER, "Stages": ",".join(STAGES)}
    parameters = [{"Key": key, "Value": value} for key, value in given.items()]
    return {
        "ProjectName": NAME,
        "ProjectId": ID,
        "ProjectStatus": "CreateCompleted",
        "ServiceCatalogProvisioningDetails": {"ProvisioningParameters": parameters},
    }


def _pipeline() -> dict[str, Any]:
    steps = [
        {"Name": name, "Type": HOSTILE, "DependsOn": [before] if before else []}
        for before, name in zip((None, *STEPS), STEPS, strict=False)
    ]
    return {"PipelineDefinition": json.dumps({"Steps": steps})}


def _executed() -> dict[str, Any]:
    job = {"ProcessingJob": {"Arn": f"{_ARN}:processing-job/made-up"}}
    done = {"StepName": STEPS[0], "StepStatus": "Succeeded", "Metadata": Only(job)}
    training = {"TrainingJob": {"Arn": f"{_ARN}:training-job/made-up"}}
    failed = {"StepName": STEPS[1], "StepStatus": "Failed", "Metadata": Only(training)}
    return {"PipelineExecutionSteps": [failed, done]}


def _package(asked: Mapping[str, Any]) -> dict[str, Any]:
    number = int(asked["ModelPackageName"].rpartition("/")[2])
    told = {
        "commit": _COMMIT,
        "pipeline-execution": _EXECUTION,
        "gate-metric": "accuracy",
        "gate-threshold": "0.8",
        "other": HOSTILE,
    }
    return {
        "ModelPackageArn": version_arn(number),
        "ModelPackageGroupName": GROUP,
        "ModelPackageVersion": number,
        "ModelApprovalStatus": "Approved",
        "CustomerMetadataProperties": told,
        "ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": "s3://made-up/evaluation.json"}}},
        "ModelLifeCycle": {"Stage": STAGES[1], "StageStatus": "PendingApproval"},
    }


def _report() -> dict[str, Any]:
    told = {
        "task": "multiclass",
        "multiclass_classification_metrics": {"accuracy": _METRIC, MARKUP: _METRIC},
        "undefined_metrics": {MARKUP: MARKUP},
        "comparison": {"live": MARKUP, "verdict": "not compared", "reason": MARKUP},
        "card": {
            "records": 30,
            "confusion": {"classes": [MARKUP, "b"], "others": 0, "counts": [[9, 1], [1, 9]]},
            "classes": [{"name": MARKUP, "records": 10}],
            "empty": [{"name": MARKUP, "share": 0.25}],
        },
        "provenance": {"model_sha256": "0" * 64, "data_sha256": "1" * 64},
        "sample": {"records": [f"{MARKUP},1.5", "b,2"], "predictions": [[0.25, 0.75], [1, 0]]},
    }
    return {"Body": json.dumps(told).encode()}


def _ledger(asked: Mapping[str, Any]) -> dict[str, Any]:
    order = {"kind": "deploy", "stage": STAGES[1], "arn": version_arn(3)}
    presence = {"healthy": NOW.isoformat(), "outcome": HOSTILE, "ended": HOSTILE, "run": HOSTILE}
    items = {
        f"stages {GROUP}": {
            "Stages": {stage: {version_arn(2): presence} for stage in STAGES},
            "Records": {
                STAGES[0]: {"serves": version_arn(2), "attention": HOSTILE},
                STAGES[1]: {"serves": "", "under_way": {"order": order}},
            },
        }
    }
    decided = {
        "ApprovedBy": HOSTILE,
        "Number": 1,
        "Gate": STAGES[1],
        "OpenedBy": {HOSTILE: HOSTILE},
    }
    found = [
        {"ClaimId": key, **items.get(key, decided)}
        for key in (one["ClaimId"]["S"] for one in asked["RequestItems"][TABLE]["Keys"])
    ]
    put = TypeSerializer().serialize
    typed = [{name: put(value) for name, value in item.items()} for item in found]
    return {"Responses": Only({TABLE: typed})}


def _counted(asked: Mapping[str, Any]) -> dict[str, Any]:
    results = [
        {"Id": one["Id"], "Timestamps": [asked["StartTime"]], "Values": [4.0]}
        for one in asked["MetricDataQueries"]
    ]
    return {"MetricDataResults": results}


def _costs() -> dict[str, Any]:
    cost = {"UnblendedCost": {"Amount": "12.5"}}
    group = {"Keys": [f"sagemaker:project-id${ID}"], "Metrics": cost}
    return {"ResultsByTime": [{"Groups": [group]}]}


def _endpoint(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"EndpointName": asked["EndpointName"], "EndpointStatus": "InService"}


_LISTED = {"PipelineExecutionArn": _EXECUTION, "PipelineExecutionStatus": "Failed"}
# By operation.
ANSWERS: Answers = {
    "BatchGetItem": _ledger,
    "DescribeEndpoint": _endpoint,
    "DescribeModelPackage": _package,
    "DescribePipelineDefinitionForExecution": _pipeline(),
    "DescribePipelineExecution": _LISTED,
    "DescribeProject": _project(),
    "DescribeStacks": _stack,
    "FilterLogEvents": {"events": [{"message": _TOKEN_LINE}, {"message": HOSTILE}]},
    "GetCostAndUsage": _costs(),
    "GetMetricData": _counted,
    "GetObject": _report(),
    "InvokeEndpoint": {"Body": json.dumps({"predictions": [_PREDICTION]}).encode()},
    "ListEndpoints": {"Endpoints": [{"EndpointName": f"{NAME}-{STAGES[0]}"}]},
    "ListModelPackages": {
        "ModelPackageSummaryList": [
            {"ModelPackageArn": version_arn(number), "ModelPackageVersion": number}
            for number in VERSIONS
        ]
    },
    "ListPipelineExecutionSteps": _executed(),
    "ListPipelineExecutions": {"PipelineExecutionSummaries": [_LISTED]},
    "ListProjects": {"ProjectSummaryList": [{"ProjectName": NAME, "ProjectId": ID}]},
    "ListProvisioningArtifacts": {"ProvisioningArtifactDetails": [{"Id": "pa-1"}]},
    "SearchProvisionedProducts": _provisioned(),
    "UpdateModelPackage": Refusal("AccessDeniedException", _REFUSED),
}
