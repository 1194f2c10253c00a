"""Which resource a SageMaker call is about, so that policies which name ARNs are judged rightly.

MiniStack knows no SageMaker resources and would judge every call on `*`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_actions

from rehearsal.sagemaker import wire

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
}
_ARN_MEMBERS = ("PipelineExecutionArn", "ModelPackageArn", "ResourceArn")
# AWS's Service Authorization Reference lists these with the resource type model-package.
_PACKAGE_CALLS = ("CreateModelPackage", "ListModelPackages")
_PIPELINE_LISTS = ("ListPipelineExecutions", "ListPipelineExecutionSteps")


def resource_arn(operation: str, request: Mapping[str, Any], region: str, account: str) -> str:
    """ARN of the resource that a call is about; `*` for lists and for what has none."""
    package_call = operation in _PACKAGE_CALLS and "ModelPackageGroupName" in request
    if operation.startswith("List") and not (package_call or operation in _PIPELINE_LISTS):
        return str(request.get("ResourceArn", "*")) if operation == "ListTags" else "*"
    for member in _ARN_MEMBERS:
        if isinstance(request.get(member), str):
            return str(request[member])
    base = f"arn:aws:sagemaker:{region}:{account}"
    if package_call and isinstance(request["ModelPackageGroupName"], str):
        return f"{base}:model-package/{request['ModelPackageGroupName'].rsplit('/', 1)[-1]}/1"
    for member, kind in _NAMED.items():
        name = request.get(member)
        if isinstance(name, str):
            return name if name.startswith("arn:") else f"{base}:{kind}/{name}"
    return "*"


def judge_calls_by_resource() -> None:
    """Make MiniStack judge SageMaker calls by the ARNs that they are about."""
    original = iam_actions.extract_resource_arn

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> Any:
        operation = wire.operation_name(headers) if service == "sagemaker" else ""
        if not operation:
            return original(service, method, path, headers, body, query_params, region, account_id)
        try:
            request = json.loads(body or b"{}")
        except ValueError:
            return "*"
        request = request if isinstance(request, dict) else {}
        return resource_arn(operation, request, region, account_id)

    iam_actions.extract_resource_arn = extract_resource_arn
