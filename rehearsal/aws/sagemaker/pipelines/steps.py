"""Does the work of one step: starts the job or makes the resource that the step describes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.aws.sagemaker.access import RoleNotAssumableError
from rehearsal.aws.sagemaker.condition_keys import condition_keys, keys_of_tagging, keys_of_tags
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.models import ModelOperations
from rehearsal.aws.sagemaker.jobs.jobs import JobOperations
from rehearsal.aws.sagemaker.model_registry import ModelRegistry
from rehearsal.aws.sagemaker.object_store import DataTransferError
from rehearsal.aws.sagemaker.pipelines.conditions import holds
from rehearsal.aws.sagemaker.pipelines.definition import Step
from rehearsal.aws.sagemaker.pipelines.expressions import ExpressionError, Values
from rehearsal.aws.service_kit.errors import ServiceError
from rehearsal.aws.service_kit.model_validation import ModelValidationError, validate
from rehearsal.aws.service_kit.operations import Record, RequestContext

_LONGEST_STEP_IN_JOB_NAME = 28
_CLIENT_ERRORS = (
    ServiceError,
    ModelValidationError,
    ExpressionError,
    DataTransferError,
    RoleNotAssumableError,
)


class StepFailedError(Exception):
    """The step failed; the message is its FailureReason."""


class StepStoppedError(Exception):
    """The step's job was stopped."""


@dataclass(frozen=True)
class StepResult:
    """What a step leaves for the steps after it.

    Args:
        properties: the Describe answer of what it made.
        metadata: what ListPipelineExecutionSteps shows.
        property_files: S3 address of each property file.
        outcome: of a condition.
    """

    properties: Record = field(default_factory=dict)
    metadata: Record = field(default_factory=dict)
    property_files: Mapping[str, str] = field(default_factory=dict)
    outcome: bool | None = None


@dataclass(frozen=True)
class Engines:
    """The parts of SageMaker that steps use."""

    processing: JobOperations
    training: JobOperations
    registry: ModelRegistry
    models: ModelOperations


class StepRunner:
    """Runs the steps of one execution with the pipeline's role."""

    def __init__(
        self, context: AccountContext, engines: Engines, role_arn: str, execution_id: str
    ) -> None:
        self._context = context
        self._engines = engines
        self._role_arn = role_arn
        self._execution_id = execution_id
        self._lock = threading.Lock()
        self._jobs: list[tuple[JobOperations, Record]] = []
        self._stopped = False

    def run(self, step: Step, values: Values, on_start: Callable[[Record], None]) -> StepResult:
        """Run a step to its end.

        `on_start` is told the step's metadata as soon as its job exists.

        Raises:
            StepFailedError, StepStoppedError.
        """
        actions = {
            "Processing": self._processing,
            "Training": self._training,
            "RegisterModel": self._register,
            "Model": self._model,
            "Condition": self._condition,
            "Fail": self._fail,
        }
        try:
            return actions[step.type](step, values, on_start)
        except _CLIENT_ERRORS as error:
            raise StepFailedError(f"ClientError: {error}") from error

    def stop(self) -> None:
        """End the running jobs and start no more."""
        with self._lock:
            self._stopped = True
            jobs = list(self._jobs)
        for operations, record in jobs:
            operations.request_stop(record)

    def _processing(
        self, step: Step, values: Values, on_start: Callable[[Record], None]
    ) -> StepResult:
        request = self._request(step, values, "ProcessingJobName", "CreateProcessingJob")
        record = self._run_job(self._engines.processing, request, "Processing", on_start)
        outputs = (record.get("ProcessingOutputConfig") or {}).get("Outputs", [])
        places = {output["OutputName"]: output["S3Output"]["S3Uri"] for output in outputs}
        files = {
            file["PropertyFileName"]: f"{places[file['OutputName']].rstrip('/')}/{file['FilePath']}"
            for file in step.property_files
        }
        metadata = {"ProcessingJob": {"Arn": record["ProcessingJobArn"]}}
        return StepResult(_public(record), metadata, files)

    def _training(
        self, step: Step, values: Values, on_start: Callable[[Record], None]
    ) -> StepResult:
        request = self._request(step, values, "TrainingJobName", "CreateTrainingJob")
        record = self._run_job(self._engines.training, request, "Training", on_start)
        return StepResult(_public(record), {"TrainingJob": {"Arn": record["TrainingJobArn"]}})

    def _register(
        self, step: Step, values: Values, _on_start: Callable[[Record], None]
    ) -> StepResult:
        request = self._request(step, values, "", "CreateModelPackage")
        group = request.get("ModelPackageGroupName", "").rsplit("/", 1)[-1]
        arn = self._context.settings.arn("model-package", f"{group}/1")
        asked = condition_keys("CreateModelPackage", request, {})
        caller = self._caller("sagemaker:CreateModelPackage", arn, asked)
        arn = self._engines.registry.create_model_package(request, caller)["ModelPackageArn"]
        self._caller("sagemaker:DescribeModelPackage", arn)
        properties = _public(self._engines.registry.package(arn))
        return StepResult(properties, {"RegisterModel": {"Arn": arn}})

    def _model(self, step: Step, values: Values, _on_start: Callable[[Record], None]) -> StepResult:
        request = self._request(step, values, "ModelName", "CreateModel")
        arn = self._context.settings.arn("model", request["ModelName"])
        caller = self._caller("sagemaker:CreateModel", arn)
        self._engines.models.create_model(request, caller)
        properties = self._engines.models.find(request["ModelName"])
        return StepResult(_public(properties), {"Model": {"Arn": arn}})

    def _condition(
        self, step: Step, values: Values, _on_start: Callable[[Record], None]
    ) -> StepResult:
        outcome = all(holds(each, values.resolve) for each in step.arguments["Conditions"])
        shown = {"Condition": {"Outcome": "True" if outcome else "False"}}
        return StepResult({"Outcome": outcome}, shown, outcome=outcome)

    def _fail(self, step: Step, values: Values, on_start: Callable[[Record], None]) -> StepResult:
        message = str(values.resolve(step.arguments["ErrorMessage"]))
        on_start({"Fail": {"ErrorMessage": message}})
        raise StepFailedError(message)

    def _request(self, step: Step, values: Values, name_member: str, operation: str) -> Record:
        request: Record = dict(values.resolve(step.arguments))
        if name_member:
            request[name_member] = self._name(step.name)
        validate("sagemaker", operation, request)
        return request

    def _run_job(
        self,
        operations: JobOperations,
        request: Record,
        prefix: str,
        on_start: Callable[[Record], None],
    ) -> Record:
        arn = self._context.settings.arn(f"{prefix.lower()}-job", request[f"{prefix}JobName"])
        operation, tags = f"Create{prefix}Job", keys_of_tags(request)
        caller = self._caller(f"sagemaker:{operation}", arn, tags)
        # Source: developer guide, "IAM Access Management" of Pipelines, on the pipeline's role.
        if tags:
            self._caller("sagemaker:AddTags", arn, keys_of_tagging(operation, request))
        standing = {key.replace("RequestTag", "ResourceTag"): tags[key] for key in tags}
        self._caller(f"sagemaker:Describe{prefix}Job", arn, standing)
        with self._lock:
            if self._stopped:
                raise StepStoppedError
            record = operations.accept(request, caller)
            self._jobs.append((operations, record))
        on_start({f"{prefix}Job": {"Arn": arn}})
        operations.run(record)
        status = record[f"{prefix}JobStatus"]
        if status == "Stopped" and self._stopped:
            raise StepStoppedError
        if status != "Completed":
            reason = record.get("FailureReason") or f"{prefix} job ended as {status}."
            raise StepFailedError(reason)
        return record

    def _caller(self, action: str, arn: str, keys: dict[str, Any] | None = None) -> RequestContext:
        credentials = self._context.access.assume(self._role_arn)
        self._context.access.check_allowed(credentials.access_key_id, action, arn, keys)
        return RequestContext(credentials.access_key_id)

    def _name(self, step_name: str) -> str:
        short = step_name[:_LONGEST_STEP_IN_JOB_NAME].rstrip("-_").replace("_", "-")
        return f"pipelines-{self._execution_id}-{short}-{self._context.random_id(10)}"


def _public(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.items() if not name.startswith("_")}
