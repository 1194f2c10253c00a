"""An account of alike projects, as AWS's services say it: as many as are asked for.

Every project had a build and serves a version in two stages, and nothing is under way in it. Names
are as the template gives them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from rehearsal.laboratory.benchmarks.console.made_up_facts import (
    ARN,
    FIXED,
    PRODUCT,
    deployed_endpoint,
    project_id,
    provisioned_product,
    version_arn,
)
from rehearsal.laboratory.benchmarks.console.made_up_project import (
    COMMIT,
    DECIDED,
    STEPS,
    decision_line,
)

OWNER = "octo"
STAGES = ("dev", "staging")
_TABLE = "mlops-sm-project-approvals"
_LINES = 40

Asked = Mapping[str, Any]


@dataclass(frozen=True)
class MadeUpAccount:
    """Answers as AWS does, by operation.

    Args:
        projects: how many there are.
        versions: how many each has.
        began: when all of it happened.
    """

    projects: int
    versions: int
    began: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=3))

    def answer(self, operation: str, asked: Asked) -> Mapping[str, Any]:
        """What an operation answers.

        Raises:
            KeyError: the account knows no such operation; add it.
        """
        answers: Mapping[str, Callable[[Asked], Mapping[str, Any]]] = {
            "BatchGetItem": self._ledger,
            "DescribeEndpoint": self._endpoint,
            "DescribeModelPackage": self._package,
            "DescribePipelineExecution": self._execution,
            "DescribeProject": self._project,
            "DescribeStacks": self._stack,
            "FilterLogEvents": self._log,
            "GetLogEvents": self._job_log,
            "ListEndpoints": self._endpoints,
            "ListModelPackages": self._packages,
            "ListPipelineExecutionSteps": self._steps,
            "ListPipelineExecutions": self._executions,
            "SearchProvisionedProducts": self._provisioned,
            "DescribeProcessingJob": self._job,
        }
        fixed = FIXED.get(operation)
        return answers[operation](asked) if fixed is None else fixed

    @property
    def _moment(self) -> float:
        return self.began.timestamp()

    def _provisioned(self, asked: Asked) -> Mapping[str, Any]:
        start = int(asked.get("PageToken", "0"))
        end = min(start + int(asked["PageSize"]), self.projects)
        more = {"NextPageToken": str(end)} if end < self.projects else {}
        return {"ProvisionedProducts": [provisioned_product(n) for n in range(start, end)], **more}

    def _project(self, asked: Asked) -> Mapping[str, Any]:
        given = {"GithubUserName": OWNER, "Stages": ",".join(STAGES)}
        parameters = [{"Key": key, "Value": value} for key, value in given.items()]
        return {
            "ProjectName": asked["ProjectName"],
            "ProjectId": project_id(asked["ProjectName"]),
            "ProjectStatus": "CreateCompleted",
            "CreationTime": self._moment,
            "ServiceCatalogProvisioningDetails": {"ProvisioningParameters": parameters},
        }

    def _stack(self, asked: Asked) -> Mapping[str, Any]:
        outputs = [{"OutputKey": "BenchmarkedProductId", "OutputValue": PRODUCT}]
        parameters = [{"ParameterKey": "StageAccounts", "ParameterValue": ""}]
        stack = {
            "StackName": asked["StackName"],
            "StackStatus": "CREATE_COMPLETE",
            "CreationTime": self.began.isoformat(),
            "Outputs": outputs,
            "Parameters": parameters,
        }
        return {"Stacks": [stack]}

    def _executions(self, asked: Asked) -> Mapping[str, Any]:
        told = {
            "PipelineExecutionArn": f"{ARN}:pipeline/{asked['PipelineName']}/execution/abc",
            "PipelineExecutionStatus": "Succeeded",
            "StartTime": self._moment,
        }
        return {"PipelineExecutionSummaries": [told]}

    def _execution(self, asked: Asked) -> Mapping[str, Any]:
        return {
            "PipelineExecutionArn": asked["PipelineExecutionArn"],
            "PipelineExecutionStatus": "Succeeded",
            "CreationTime": self._moment,
            "LastModifiedTime": self._moment + 900,
        }

    def _steps(self, _: Asked) -> Mapping[str, Any]:
        return {
            "PipelineExecutionSteps": [
                {
                    "StepName": name,
                    "StepStatus": "Succeeded",
                    "StartTime": self._moment,
                    "EndTime": self._moment + 60,
                    "Metadata": {"ProcessingJob": {"Arn": f"{ARN}:processing-job/{name}"}},
                }
                for name in STEPS
            ]
        }

    def _packages(self, asked: Asked) -> Mapping[str, Any]:
        wanted = min(int(asked["MaxResults"]), self.versions)
        group = asked["ModelPackageGroupName"]
        newest = range(self.versions, self.versions - wanted, -1)
        listed = [self._summary(version_arn(group, number)) for number in newest]
        return {"ModelPackageSummaryList": listed}

    def _summary(self, arn: str) -> dict[str, Any]:
        group, number = arn.split("/")[1:]
        return {
            "ModelPackageArn": arn,
            "ModelPackageGroupName": group,
            "ModelPackageVersion": int(number),
            "ModelPackageStatus": "Completed",
            "ModelApprovalStatus": "Approved",
            "CreationTime": self._moment,
        }

    def _package(self, asked: Asked) -> Mapping[str, Any]:
        arn = asked["ModelPackageName"]
        report = f"s3://benchmarked/{arn.partition('/')[2]}/evaluation.json"
        return {
            **self._summary(arn),
            "LastModifiedTime": self._moment,
            "ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": report}}},
            "CustomerMetadataProperties": {
                "commit": COMMIT,
                "gate-metric": "mse",
                "gate-threshold": "6.0",
            },
        }

    def _endpoints(self, asked: Asked) -> Mapping[str, Any]:
        names = [f"{asked['NameContains']}{stage}" for stage in STAGES]
        return {"Endpoints": [deployed_endpoint(name, self._moment) for name in names]}

    def _endpoint(self, asked: Asked) -> Mapping[str, Any]:
        return {
            **deployed_endpoint(asked["EndpointName"], self._moment),
            "EndpointConfigName": "benchmarked",
            "ProductionVariants": [{"VariantName": "AllTraffic", "CurrentWeight": 1.0}],
        }

    def _ledger(self, asked: Asked) -> Mapping[str, Any]:
        keys = [one["ClaimId"]["S"] for one in asked["RequestItems"][_TABLE]["Keys"]]
        items = [self._item(key) for key in keys]
        return {"Responses": {_TABLE: items}, "UnprocessedKeys": {}}

    def _item(self, key: str) -> Mapping[str, Any]:
        item: dict[str, Any] = {"ClaimId": key, "ApprovedBy": DECIDED}
        if key.startswith("stages "):
            served = version_arn(key.removeprefix("stages "), self.versions)
            presence = {served: {"healthy": self.began.isoformat()}}
            item = {
                "ClaimId": key,
                "Stages": dict.fromkeys(STAGES, presence),
                "Records": {stage: {"serves": served} for stage in STAGES},
            }
        return {name: TypeSerializer().serialize(value) for name, value in item.items()}

    def _log(self, asked: Asked) -> Mapping[str, Any]:
        """Of whatever function: decisions about a project, if its name is looked for."""
        words = str(asked["filterPattern"]).strip('"')
        if "-p-bench" not in words:
            return {"events": []}
        line = decision_line(version_arn(words, self.versions), STAGES)
        stamp = round(self._moment * 1000)
        return {"events": [{"timestamp": stamp + n, "message": line} for n in range(_LINES)]}

    def _job_log(self, _: Asked) -> Mapping[str, Any]:
        line = {"timestamp": round(self._moment * 1000), "message": "one line of a job"}
        return {"events": [line] * 200}

    def _job(self, asked: Asked) -> Mapping[str, Any]:
        return {
            "ProcessingJobArn": f"{ARN}:processing-job/{asked['ProcessingJobName']}",
            "ProcessingJobStatus": "Completed",
            "CreationTime": self._moment,
            "AppSpecification": {"ImageUri": "image"},
        }
