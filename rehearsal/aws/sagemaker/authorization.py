"""Which resource a SageMaker call is about, so that policies which name ARNs hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Request member -> kind in the ARN; the first member that a request has decides.
_NAMED: Mapping[str, str] = {
    "PipelineName": "pipeline",
    "ProcessingJobName": "processing-job",
    "TrainingJobName": "training-job",
    "EndpointName": "endpoint",
    "EndpointConfigName": "endpoint-config",
    "ModelName": "model",
    "ModelPackageName": "model-package",
    "ModelPackageGroupName": "model-package-group",
    "ProjectName": "project",
    "DomainId": "domain",
}
_ARN_MEMBERS = ("PipelineExecutionArn", "ModelPackageArn", "ResourceArn")
# AWS's Service Authorization Reference lists these with the resource type model-package.
_PACKAGE_CALLS = ("CreateModelPackage", "ListModelPackages")
_PIPELINE_LISTS = (
    "ListPipelineExecutions",
    "ListPipelineExecutionSteps",
    "ListPipelineParametersForExecution",
)


def resource_arn(operation: str, request: Mapping[str, Any], account: str, region: str) -> str:
    """ARN of the resource that a call is about; `*` for lists and for what has none."""
    package_call = operation in _PACKAGE_CALLS and "ModelPackageGroupName" in request
    if operation.startswith("List") and not (package_call or operation in _PIPELINE_LISTS):
        return str(request.get("ResourceArn", "*")) if operation == "ListTags" else "*"
    for member in _ARN_MEMBERS:
        if isinstance(request.get(member), str):
            return str(request[member])
    base = f"arn:aws:sagemaker:{region}:{account}"
    if package_call and isinstance(request["ModelPackageGroupName"], str):
        place, _, group = request["ModelPackageGroupName"].rpartition(":model-package-group/")
        return f"{place or base}:model-package/{group}/1"
    if isinstance(request.get("UserProfileName"), str):
        return f"{base}:user-profile/{request.get('DomainId')}/{request['UserProfileName']}"
    for member, kind in _NAMED.items():
        name = request.get(member)
        if isinstance(name, str):
            return name if name.startswith("arn:") else f"{base}:{kind}/{name}"
    return "*"
