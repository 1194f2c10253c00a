"""What an execution shows while it runs: its record, its steps, and the events about both."""

from __future__ import annotations

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.events import PIPELINE_EXECUTION, PIPELINE_STEP, iso_time
from rehearsal.aws.sagemaker.pipelines.definition import Step
from rehearsal.aws.service_kit.operations import Record

FINAL_STATUSES = ("Succeeded", "Failed", "Stopped")


class Progress:
    """Keeps the record of one execution up to date and tells EventBridge."""

    def __init__(self, context: AccountContext, execution: Record) -> None:
        self._context = context
        self._execution = execution

    @property
    def execution_arn(self) -> str:
        """ARN of the execution."""
        arn: str = self._execution["PipelineExecutionArn"]
        return arn

    def executing(self) -> None:
        """The execution has begun."""
        self._publish("Executing", None)

    def ended(self, status: str, reason: str | None = None) -> None:
        """The execution has come to its end."""
        previous, now = self._execution["PipelineExecutionStatus"], self._context.clock()
        self._context.store.change(
            self._execution, LastModifiedTime=now, FailureReason=reason, _end_time=now
        )
        self._context.store.change(self._execution, PipelineExecutionStatus=status)
        self._publish(status, previous)

    def step_started(self, step: Step) -> None:
        """A step has begun."""
        now = self._context.clock()
        record: Record = {
            "StepName": step.name,
            "StepDisplayName": step.source.get("DisplayName"),
            "StepDescription": step.source.get("Description"),
            "StartTime": now,
            "StepStatus": "Executing",
            "AttemptCount": 1,
            "Metadata": {},
        }
        with self._context.store.lock:
            self._execution["_steps"][step.name] = record
        self._publish_step(step, record, "Starting")

    def step_metadata(self, step: Step, metadata: Record) -> None:
        """What the step made is known, although it may still run."""
        self._context.store.change(self._execution["_steps"][step.name], Metadata=metadata)

    def step_ended(
        self,
        step: Step,
        status: str,
        metadata: Record | None = None,
        *,
        reason: str | None = None,
        cache_source: str | None = None,
    ) -> None:
        """A step has come to its end."""
        record = self._execution["_steps"][step.name]
        hit = {"SourcePipelineExecutionArn": cache_source} if cache_source else None
        changes = {"EndTime": self._context.clock(), "FailureReason": reason, "CacheHitResult": hit}
        self._context.store.change(
            record, StepStatus=status, Metadata=metadata or record["Metadata"], **changes
        )
        self._publish_step(step, record, "Executing")

    def _publish(self, status: str, previous: str | None) -> None:
        execution = self._execution
        arns = [execution["PipelineArn"], execution["PipelineExecutionArn"]]
        detail = {
            "pipelineExecutionDescription": execution.get("PipelineExecutionDescription"),
            "pipelineExecutionDisplayName": execution.get("PipelineExecutionDisplayName"),
            "currentPipelineExecutionStatus": status,
            "previousPipelineExecutionStatus": previous,
            "executionStartTime": iso_time(execution["CreationTime"]),
            "executionEndTime": iso_time(execution.get("_end_time")),
            "pipelineArn": arns[0],
            "pipelineExecutionArn": arns[1],
        }
        self._context.events.publish(PIPELINE_EXECUTION, arns, detail)

    def _publish_step(self, step: Step, record: Record, previous: str) -> None:
        execution = self._execution
        arns = [execution["PipelineArn"], execution["PipelineExecutionArn"]]
        metadata = {
            kind[0].lower() + kind[1:]: {name.lower(): value for name, value in shown.items()}
            for kind, shown in record["Metadata"].items()
        }
        detail = {
            "metadata": metadata,
            "failureReason": record.get("FailureReason"),
            "stepName": step.name,
            "stepType": step.type,
            "stepStartTime": iso_time(record["StartTime"]),
            "stepEndTime": iso_time(record.get("EndTime")),
            "previousStepStatus": previous,
            "currentStepStatus": record["StepStatus"],
            "pipelineArn": arns[0],
            "pipelineExecutionArn": arns[1],
        }
        self._context.events.publish(PIPELINE_STEP, arns, detail)
