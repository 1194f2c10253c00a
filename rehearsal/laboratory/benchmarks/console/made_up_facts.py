"""What is told of each project alike, and what AWS answers whatever is asked."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.laboratory.benchmarks.console.made_up_project import DECIDED, DEFINITION

ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
PRODUCT = "prod-benchmarked"
_ARTIFACT = "pa-benchmarked"


def group_of(number: int) -> str:
    """Of a project: its pipeline and its model package group."""
    name = f"project-{number:03}"
    return f"{name}-{project_id(name)}"


def project_id(name: str) -> str:
    """Of the project of a name."""
    return f"p-bench{int(name.rpartition('-')[2]):07}"


def provisioned_product(number: int) -> dict[str, Any]:
    """A project as Service Catalog has it."""
    return {
        "Name": group_of(number),
        "Id": f"pp-{number}",
        "ProductId": PRODUCT,
        "ProvisioningArtifactId": _ARTIFACT,
        "Status": "AVAILABLE",
        "LastRecordId": "rec-1",
        "PhysicalId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/SC-{number}/1",
    }


def version_arn(group: str, number: int) -> str:
    """Of a version of a group."""
    return f"{ARN}:model-package/{group}/{number}"


def deployed_endpoint(name: str, moment: float) -> dict[str, Any]:
    """An endpoint that is in service since a moment."""
    return {
        "EndpointName": name,
        "EndpointArn": f"{ARN}:endpoint/{name}",
        "EndpointStatus": "InService",
        "CreationTime": moment,
        "LastModifiedTime": moment,
    }


_ARTIFACTS: Sequence[Mapping[str, Any]] = [
    {"Id": _ARTIFACT, "Name": "v1", "CreatedTime": 1.0, "Active": True}
]
# What answers alike whatever is asked; the costs of one project, so that they are known.
FIXED: Mapping[str, Mapping[str, Any]] = {
    "DescribeAlarms": {"MetricAlarms": []},
    "DescribeEndpointConfig": {"ProductionVariants": []},
    "DescribeLogStreams": {"logStreams": [{"logStreamName": "a/algo-1"}]},
    "DescribePipelineDefinitionForExecution": {"PipelineDefinition": json.dumps(DEFINITION)},
    "DescribeStackEvents": {"StackEvents": []},
    "GetCallerIdentity": {"Account": ACCOUNT, "Arn": DECIDED, "UserId": "AIDA"},
    "GetCostAndUsage": {
        "ResultsByTime": [
            {
                "Groups": [
                    {
                        "Keys": ["sagemaker:project-id$p-bench0000000"],
                        "Metrics": {"UnblendedCost": {"Amount": "1.5"}},
                    }
                ]
            }
        ]
    },
    "GetMetricData": {"MetricDataResults": []},
    "GetMetricStatistics": {"Datapoints": []},
    "ListPipelineParametersForExecution": {"PipelineParameters": []},
    "ListProvisioningArtifacts": {"ProvisioningArtifactDetails": _ARTIFACTS},
}
