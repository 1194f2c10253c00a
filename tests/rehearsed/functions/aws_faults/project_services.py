"""What a project leaves behind in AWS, as far as its deletion asks for it."""

# ruff: noqa: N802, N803 - operations and their parameters are named by AWS
from dataclasses import dataclass, field
from typing import Any

from tests.unit.functions.invocation_fakes import client_error

_PAGE = 2


@dataclass
class ProjectServices:
    """A bucket, a key, a pipeline, model packages and the stack of an endpoint.

    `executions`: status by ARN. `stacks`: status by name.
    """

    bucket: dict[str, int] | None = field(default_factory=lambda: dict.fromkeys("abcde", 10))
    uploads: set[str] = field(default_factory=lambda: {"u"})
    key_is_leaving: bool = False
    has_pipeline: bool = True
    executions: dict[str, str] = field(default_factory=lambda: {"arn:aws:x:e/1": "Executing"})
    group: list[str] | None = field(default_factory=lambda: ["package/1", "package/2"])
    stacks: dict[str, str] = field(default_factory=dict)

    def _DeletePipeline(self, PipelineName: str, ClientRequestToken: str) -> Any:
        if not self.has_pipeline:
            raise client_error("DeletePipeline", "ResourceNotFound", "Pipeline is gone")
        if any(status in ("Executing", "Stopping") for status in self.executions.values()):
            raise client_error("DeletePipeline", "ConflictException", "It is executing")
        self.has_pipeline = False
        return {}

    def _ListPipelineExecutions(self, PipelineName: str) -> Any:
        if not self.has_pipeline:
            raise client_error("ListPipelineExecutions", "ResourceNotFound", "Pipeline is gone")
        listed = [
            {"PipelineExecutionArn": arn, "PipelineExecutionStatus": status}
            for arn, status in self.executions.items()
        ]
        for arn, status in self.executions.items():
            if status == "Stopping":
                self.executions[arn] = "Stopped"
        return {"PipelineExecutionSummaries": listed}

    def _StopPipelineExecution(self, PipelineExecutionArn: str, ClientRequestToken: str) -> Any:
        self.executions[PipelineExecutionArn] = "Stopping"
        return {}

    def _ListModelPackages(self, ModelPackageGroupName: str) -> Any:
        if self.group is None:
            raise client_error("ListModelPackages", "ValidationException", "It does not exist.")
        return {"ModelPackageSummaryList": [{"ModelPackageArn": arn} for arn in self.group]}

    def _DeleteModelPackage(self, ModelPackageName: str) -> Any:
        if not self.group or ModelPackageName not in self.group:
            raise client_error("DeleteModelPackage", "ValidationException", "It does not exist.")
        self.group.remove(ModelPackageName)
        return {}

    def _DeleteModelPackageGroup(self, ModelPackageGroupName: str) -> Any:
        if self.group is None:
            raise client_error("DeleteModelPackageGroup", "ValidationException", "does not exist")
        if self.group:
            raise client_error("DeleteModelPackageGroup", "ConflictException", "not empty")
        self.group = None
        return {}

    def _ListObjectVersions(self, Bucket: str, NextToken: str = "") -> Any:
        found = [
            {"Key": key, "VersionId": "1", "Size": size}
            for key, size in sorted(self._objects("ListObjectVersions").items())
        ]
        return {"Versions": found}

    def _DeleteObjects(self, Bucket: str, Delete: Any) -> Any:
        objects = self._objects("DeleteObjects")
        for one in Delete["Objects"]:
            objects.pop(one["Key"], None)
        return {}

    def _ListMultipartUploads(self, Bucket: str) -> Any:
        self._objects("ListMultipartUploads")
        return {"Uploads": [{"Key": key, "UploadId": "1"} for key in sorted(self.uploads)]}

    def _AbortMultipartUpload(self, Bucket: str, Key: str, UploadId: str) -> Any:
        if Key not in self.uploads:
            raise client_error("AbortMultipartUpload", "NoSuchUpload", status=404)
        self.uploads.remove(Key)
        return {}

    def _DeleteBucket(self, Bucket: str) -> Any:
        if self._objects("DeleteBucket") or self.uploads:
            raise client_error("DeleteBucket", "BucketNotEmpty", status=409)
        self.bucket = None
        return {}

    def _objects(self, operation: str) -> dict[str, int]:
        if self.bucket is None:
            raise client_error(operation, "NoSuchBucket", status=404)
        return self.bucket

    def _ScheduleKeyDeletion(self, KeyId: str, PendingWindowInDays: int) -> Any:
        if self.key_is_leaving:
            raise client_error("ScheduleKeyDeletion", "KMSInvalidStateException", "is pending")
        self.key_is_leaving = True
        return {}

    def _DescribeStacks(self, StackName: str) -> Any:
        name = StackName.rpartition("/")[2]
        if name not in self.stacks:
            said = f"Stack with id {name} does not exist"
            raise client_error("DescribeStacks", "ValidationError", said)
        status = self.stacks[name]
        if status == "DELETE_IN_PROGRESS":
            del self.stacks[name]
        return {"Stacks": [{"StackId": f"arn:aws:stack/{name}", "StackStatus": status}]}

    def _DeleteStack(self, StackName: str) -> Any:
        if StackName in self.stacks:
            self.stacks[StackName] = "DELETE_IN_PROGRESS"
        return {}
