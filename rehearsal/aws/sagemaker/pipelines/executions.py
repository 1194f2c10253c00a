"""Operations on pipeline executions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import (
    RequestConflictError,
    RequestRefusedError,
    ResourceNotFoundError,
)
from rehearsal.aws.sagemaker.paging import Listing, take_page
from rehearsal.aws.sagemaker.pipelines.definition import Definition, read_definition
from rehearsal.aws.sagemaker.pipelines.expressions import Values
from rehearsal.aws.sagemaker.pipelines.interpreter import PipelineRun
from rehearsal.aws.sagemaker.pipelines.parameters import effective_values
from rehearsal.aws.sagemaker.pipelines.progress import FINAL_STATUSES, Progress
from rehearsal.aws.sagemaker.pipelines.step_cache import StepCache
from rehearsal.aws.sagemaker.pipelines.steps import Engines, StepRunner
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers

_LISTING = Listing(name="PipelineExecutionArn", order="Descending", page_size=100)
_STEPS_A_PAGE = 100
_PARAMETERS_A_PAGE = 50
_MOST_PARALLEL_STEPS = 50
_INTERRUPTED = "The rehearsal was stopped while the pipeline ran; start it again."


class ExecutionOperations:
    """Start, stop, describe and list executions."""

    def __init__(self, context: AccountContext, engines: Engines) -> None:
        self._context = context
        self._store = context.store
        self._engines = engines
        self._runs: dict[str, PipelineRun] = {}

    @answers("StartPipelineExecution")
    def start_pipeline_execution(self, request: Record, _caller: RequestContext) -> Record:
        """Begin an execution; a repeated ClientRequestToken answers the one that it began."""
        pipeline = find_pipeline(self._context, request["PipelineName"])
        if request.get("SelectiveExecutionConfig"):
            raise RequestRefusedError(
                "The rehearsal has no selective execution; start without SelectiveExecutionConfig."
            )
        token = f"start:{pipeline['PipelineArn']}:{request['ClientRequestToken']}"
        text = definition_of(pipeline, request.get("PipelineVersionId"))
        definition = read_definition(text)
        values = effective_values(definition.parameters, request.get("PipelineParameters") or [])
        with self._store.lock:
            if token in self._store.tokens:
                return {"PipelineExecutionArn": self._store.tokens[token]}
            execution = self._new_execution(pipeline, request, text, values)
            arn = execution["PipelineExecutionArn"]
            self._store.tokens[token] = arn
            self._store.executions[arn] = execution
            pipeline["LastRunTime"] = execution["CreationTime"]
        run = self._runs[arn] = self._run(pipeline, execution, definition, values)
        run.start(on_end=lambda: self._runs.pop(arn, None))
        return {"PipelineExecutionArn": arn}

    @answers("StopPipelineExecution")
    def stop_pipeline_execution(self, request: Record, _caller: RequestContext) -> Record:
        """Ask an execution to end."""
        execution = self._execution(request["PipelineExecutionArn"])
        status, arn = execution["PipelineExecutionStatus"], execution["PipelineExecutionArn"]
        if status != "Executing":
            raise RequestConflictError(
                f"Only executing pipelines can be stopped; {arn} is in status {status}."
            )
        self._store.change(execution, PipelineExecutionStatus="Stopping")
        run = self._runs.get(arn)
        if run:
            run.stop()
        return {"PipelineExecutionArn": arn}

    @answers("DescribePipelineExecution")
    def describe_pipeline_execution(self, request: Record, _caller: RequestContext) -> Record:
        """One execution."""
        return self._execution(request["PipelineExecutionArn"])

    @answers("UpdatePipelineExecution")
    def update_pipeline_execution(self, request: Record, _caller: RequestContext) -> Record:
        """Change the description or the display name."""
        execution = self._execution(request["PipelineExecutionArn"])
        self._store.change(execution, **request, LastModifiedTime=self._context.clock())
        return {"PipelineExecutionArn": execution["PipelineExecutionArn"]}

    @answers("DescribePipelineDefinitionForExecution")
    def describe_pipeline_definition_for_execution(
        self, request: Record, _caller: RequestContext
    ) -> Record:
        """The definition as it was when the execution began."""
        execution = self._execution(request["PipelineExecutionArn"])
        return {
            "PipelineDefinition": execution["_definition"],
            "CreationTime": execution["CreationTime"],
        }

    @answers("ListPipelineExecutions")
    def list_pipeline_executions(self, request: Record, _caller: RequestContext) -> Record:
        """Executions of a pipeline, newest first unless the request says otherwise."""
        arn = find_pipeline(self._context, request["PipelineName"])["PipelineArn"]
        found = [e for e in self._store.all(self._store.executions) if e["PipelineArn"] == arn]
        page, more = _LISTING.page(found, request)
        summaries = [
            {
                **execution,
                "StartTime": execution["CreationTime"],
                "PipelineExecutionFailureReason": execution.get("FailureReason"),
            }
            for execution in page
        ]
        return {"PipelineExecutionSummaries": summaries, **more}

    @answers("ListPipelineExecutionSteps")
    def list_pipeline_execution_steps(self, request: Record, _caller: RequestContext) -> Record:
        """Steps that have begun, last one first unless the request says otherwise."""
        execution = self._execution(request.get("PipelineExecutionArn", ""))
        with self._store.lock:
            steps = [dict(step) for step in execution["_steps"].values()]
        if request.get("SortOrder", "Descending") == "Descending":
            steps.reverse()
        page, more = take_page(steps, request, _STEPS_A_PAGE)
        return {"PipelineExecutionSteps": page, **more}

    @answers("ListPipelineParametersForExecution")
    def list_pipeline_parameters_for_execution(
        self, request: Record, _caller: RequestContext
    ) -> Record:
        """Parameter values of an execution."""
        execution = self._execution(request["PipelineExecutionArn"])
        values = [
            {"Name": name, "Value": str(value)} for name, value in execution["_parameters"].items()
        ]
        page, more = take_page(values, request, _PARAMETERS_A_PAGE)
        return {"PipelineParameters": page, **more}

    def is_executing(self, pipeline_arn: str) -> bool:
        """Whether a pipeline has an execution that has not ended."""
        return any(
            execution["PipelineExecutionStatus"] not in FINAL_STATUSES
            for execution in self._store.all(self._store.executions)
            if execution["PipelineArn"] == pipeline_arn
        )

    def stop_all(self) -> None:
        """End everything that runs, because the server ends."""
        for run in list(self._runs.values()):
            run.stop()

    def fail_interrupted(self) -> None:
        """Mark the executions that were under way when the last server ended."""
        now = self._context.clock()
        for execution in self._store.all(self._store.executions):
            if execution["PipelineExecutionStatus"] in FINAL_STATUSES:
                continue
            for step in execution["_steps"].values():
                if step["StepStatus"] not in FINAL_STATUSES:
                    step.update(StepStatus="Failed", FailureReason=_INTERRUPTED, EndTime=now)
            self._store.change(
                execution,
                PipelineExecutionStatus="Failed",
                FailureReason=_INTERRUPTED,
                LastModifiedTime=now,
                _end_time=now,
            )

    def _new_execution(
        self, pipeline: Record, request: Record, definition: str, values: Record
    ) -> Record:
        now = self._context.clock()
        execution_id = self._context.random_id()
        return {
            "PipelineArn": pipeline["PipelineArn"],
            "PipelineExecutionArn": f"{pipeline['PipelineArn']}/execution/{execution_id}",
            "PipelineExecutionDisplayName": request.get(
                "PipelineExecutionDisplayName", f"execution-{int(now * 1000)}"
            ),
            "PipelineExecutionDescription": request.get("PipelineExecutionDescription"),
            "PipelineExecutionStatus": "Executing",
            "ParallelismConfiguration": request.get("ParallelismConfiguration")
            or pipeline.get("ParallelismConfiguration"),
            "CreationTime": now,
            "LastModifiedTime": now,
            "CreatedBy": {},
            "LastModifiedBy": {},
            "PipelineVersionId": request.get("PipelineVersionId", pipeline["_version"]),
            "_definition": definition,
            "_parameters": values,
            "_steps": {},
        }

    def _run(
        self,
        pipeline: Record,
        execution: Record,
        definition: Definition,
        parameters: dict[str, Any],
    ) -> PipelineRun:
        role, arn = pipeline["RoleArn"], execution["PipelineExecutionArn"]
        started = datetime.fromtimestamp(execution["CreationTime"], tz=UTC)
        started_at = started.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        execution_id = arn.rsplit("/", 1)[-1]
        variables = {
            "PipelineName": pipeline["PipelineName"],
            "PipelineArn": pipeline["PipelineArn"],
            "PipelineExecutionId": execution_id,
            "PipelineExecutionArn": arn,
            "StartDateTime": started_at,
            "CurrentDateTime": started_at,
        }
        values = Values(
            parameters, variables, lambda uri: self._context.objects.for_role(role).read(uri)
        )
        experiment = values.resolve(definition.experiment)
        self._store.change(execution, PipelineExperimentConfig=experiment or None)
        parallelism = execution["ParallelismConfiguration"] or {}
        return PipelineRun(
            definition=definition,
            values=values,
            runner=StepRunner(self._context, self._engines, role, execution_id),
            cache=StepCache(self._context, pipeline["PipelineArn"]),
            progress=Progress(self._context, execution),
            parallel_steps=parallelism.get("MaxParallelExecutionSteps", _MOST_PARALLEL_STEPS),
        )

    def _execution(self, arn: str) -> Record:
        execution = self._store.executions.get(arn)
        if execution is None:
            raise ResourceNotFoundError(f"Pipeline execution with ARN {arn} does not exist.")
        return execution


def definition_of(pipeline: Record, version: int | None) -> str:
    """The definition of a version of a pipeline; of the last one, if none is given.

    Raises:
        ResourceNotFoundError: there is no such version.
    """
    text: str | None = pipeline["_definitions"].get(str(version or pipeline["_version"]))
    if text is None:
        arn = pipeline["PipelineArn"]
        raise ResourceNotFoundError(f"Pipeline {arn} has no version {version}.")
    return text


def find_pipeline(context: AccountContext, name: str) -> Record:
    """A pipeline by name or ARN."""
    pipeline = context.store.pipelines.get(name.rsplit("/", 1)[-1])
    if pipeline is None:
        arn = context.settings.arn("pipeline", name.rsplit("/", 1)[-1])
        raise ResourceNotFoundError(f"Pipeline '{arn}' does not exist.")
    return pipeline
