"""Operations on pipelines."""

from __future__ import annotations

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestConflictError, RequestRefusedError
from rehearsal.aws.sagemaker.object_store import DataTransferError
from rehearsal.aws.sagemaker.paging import Listing
from rehearsal.aws.sagemaker.pipelines.definition import read_definition
from rehearsal.aws.sagemaker.pipelines.executions import (
    ExecutionOperations,
    definition_of,
    find_pipeline,
)
from rehearsal.aws.sagemaker.pipelines.step_cache import expiry_seconds
from rehearsal.aws.sagemaker.tags import set_tags
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers

_LISTING = Listing(name="PipelineName", order="Descending", page_size=100)
_CHANGEABLE = ("PipelineDisplayName", "PipelineDescription", "RoleArn", "ParallelismConfiguration")


class PipelineOperations:
    """Create, describe, update, delete and list pipelines."""

    def __init__(self, context: AccountContext, executions: ExecutionOperations) -> None:
        self._context = context
        self._store = context.store
        self._executions = executions

    @answers("CreatePipeline")
    def create_pipeline(self, request: Record, caller: RequestContext) -> Record:
        """Make a pipeline from a definition that can be executed."""
        name = request["PipelineName"]
        arn = self._context.settings.arn("pipeline", name)
        token = f"create:{name}:{request['ClientRequestToken']}"
        self._context.access.check_role(caller.access_key_id, request["RoleArn"])
        definition = self._definition(request, request["RoleArn"])
        if definition is None:
            raise RequestRefusedError("Give PipelineDefinition or PipelineDefinitionS3Location.")
        now = self._context.clock()
        with self._store.lock:
            if name in self._store.pipelines:
                if self._store.tokens.get(token) == arn:
                    return {"PipelineArn": arn}
                raise RequestRefusedError(
                    "Pipeline names must be unique within an AWS account and region. "
                    f"Pipeline with name ({name}) already exists."
                )
            set_tags(self._store, arn, request.get("Tags"))
            self._store.tokens[token] = arn
            self._store.pipelines[name] = {
                "PipelineArn": arn,
                "PipelineName": name,
                "PipelineDisplayName": name,
                **{member: request[member] for member in _CHANGEABLE if member in request},
                "PipelineDefinition": definition,
                "PipelineStatus": "Active",
                "CreationTime": now,
                "LastModifiedTime": now,
                "CreatedBy": {},
                "LastModifiedBy": {},
                "_version": 1,
                "_definitions": {"1": definition},
            }
        return {"PipelineArn": arn}

    @answers("DescribePipeline")
    def describe_pipeline(self, request: Record, _caller: RequestContext) -> Record:
        """One pipeline, by name or ARN, as it is or with the definition of a version."""
        pipeline = find_pipeline(self._context, request["PipelineName"])
        definition = definition_of(pipeline, request.get("PipelineVersionId"))
        return {**pipeline, "PipelineDefinition": definition}

    @answers("UpdatePipeline")
    def update_pipeline(self, request: Record, caller: RequestContext) -> Record:
        """Change a pipeline; executions that are under way keep their definition."""
        pipeline = find_pipeline(self._context, request["PipelineName"])
        if "RoleArn" in request:
            self._context.access.check_role(caller.access_key_id, request["RoleArn"])
        definition = self._definition(request, str(request.get("RoleArn") or pipeline["RoleArn"]))
        changes = {member: request[member] for member in _CHANGEABLE if member in request}
        if definition is not None:
            changes["PipelineDefinition"] = definition
        version = pipeline["_version"] + 1
        kept = definition or pipeline["PipelineDefinition"]
        changes["_definitions"] = {**pipeline["_definitions"], str(version): kept}
        now = self._context.clock()
        self._store.change(pipeline, **changes, LastModifiedTime=now, _version=version)
        return {"PipelineArn": pipeline["PipelineArn"], "PipelineVersionId": version}

    @answers("DeletePipeline")
    def delete_pipeline(self, request: Record, _caller: RequestContext) -> Record:
        """Remove a pipeline and its executions; one that executes is refused."""
        pipeline = find_pipeline(self._context, request["PipelineName"])
        arn = pipeline["PipelineArn"]
        if self._executions.is_executing(arn):
            raise RequestConflictError(
                f"Pipeline {arn} has executions that have not ended; stop them first."
            )
        with self._store.lock:
            del self._store.pipelines[pipeline["PipelineName"]]
            executions = self._store.executions
            for key in [k for k, e in executions.items() if e["PipelineArn"] == arn]:
                del executions[key]
            self._store.forget_tags([arn])
        return {"PipelineArn": arn}

    @answers("ListPipelines")
    def list_pipelines(self, request: Record, _caller: RequestContext) -> Record:
        """Pipelines, newest first unless the request says otherwise."""
        prefix = request.get("PipelineNamePrefix", "")
        pipelines = self._store.all(self._store.pipelines)
        chosen = [p for p in pipelines if p["PipelineName"].startswith(prefix)]
        page, more = _LISTING.page(chosen, request)
        summaries = [{**p, "LastExecutionTime": p.get("LastRunTime")} for p in page]
        return {"PipelineSummaries": summaries, **more}

    def _definition(self, request: Record, role_arn: str) -> str | None:
        """The definition of a request, read from S3 if that is where it is; checked."""
        text: str | None = request.get("PipelineDefinition")
        place = request.get("PipelineDefinitionS3Location")
        if text is not None and place:
            raise RequestRefusedError(
                "Give either PipelineDefinition or PipelineDefinitionS3Location, not both."
            )
        if place:
            uri = f"s3://{place['Bucket']}/{place['ObjectKey']}"
            try:
                text = self._context.objects.for_role(role_arn).read(uri).decode()
            except DataTransferError as error:
                raise RequestRefusedError(str(error)) from error
        if text is not None:
            for step in read_definition(text).steps.values():
                expiry_seconds(step)
        return text
