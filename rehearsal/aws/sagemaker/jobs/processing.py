"""Processing jobs: inputs from S3, the script, outputs to S3."""

from __future__ import annotations

from rehearsal.aws.sagemaker.container_folder import ROOT
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.jobs.data_source import check_data_source
from rehearsal.aws.sagemaker.jobs.jobs import JobKind
from rehearsal.aws.sagemaker.jobs.running_job import RunningJob
from rehearsal.aws.sagemaker.resources import Records
from rehearsal.aws.service_kit.operations import Record


class ProcessingKind(JobKind):
    """What is particular to processing jobs."""

    prefix = "Processing"
    not_found = "Could not find requested job with name: {name}"

    def records(self, context: AccountContext) -> Records:
        return context.store.processing_jobs

    def image_uri(self, record: Record) -> str:
        uri: str = record["AppSpecification"]["ImageUri"]
        return uri

    def check(self, request: Record) -> None:
        for item in request.get("ProcessingInputs", []):
            if "S3Input" not in item:
                raise RequestRefusedError(
                    f"ProcessingInput {item['InputName']} is not an S3Input; the rehearsal reads "
                    "processing inputs from S3 only."
                )
            check_data_source(f"ProcessingInput {item['InputName']}", item["S3Input"])
        for path in _local_paths(request):
            if not path.startswith(f"{ROOT}/"):
                raise RequestRefusedError(
                    f"LocalPath {path} is not below {ROOT}/processing; SageMaker mounts there only."
                )

    def execute(self, job: RunningJob) -> None:
        record = job.record
        for item in record.get("ProcessingInputs", []):
            source = item["S3Input"]
            job.objects.download(source["S3Uri"], job.folder.local(source["LocalPath"]))
        outputs = (record.get("ProcessingOutputConfig") or {}).get("Outputs", [])
        for output in outputs:
            local = job.folder.local(output["S3Output"]["LocalPath"])
            local.mkdir(parents=True, exist_ok=True)
        self._write_configuration(job)
        application = record["AppSpecification"]
        argv = [
            *application.get("ContainerEntrypoint", []),
            *application.get("ContainerArguments", []),
        ]
        variables = {
            "PROCESSING_JOB_NAME": job.name,
            "PROCESSING_JOB_ARN": record["ProcessingJobArn"],
            **(record.get("Environment") or {}),
        }
        job.run(argv, variables)
        kms_key = (record.get("ProcessingOutputConfig") or {}).get("KmsKeyId")
        for output in outputs:
            target = output["S3Output"]
            folder = job.folder.local(target["LocalPath"])
            job.objects.upload_folder(folder, target["S3Uri"], kms_key)

    def on_failure(self, job: RunningJob) -> Record:
        return {"ExitMessage": job.message() or None}

    def _write_configuration(self, job: RunningJob) -> None:
        hosts = {"current_host": "algo-1", "hosts": ["algo-1"]}
        job.folder.write_json(f"{ROOT}/config/resourceconfig.json", hosts)
        shown = {name: value for name, value in job.record.items() if name[0] != "_"}
        job.folder.write_json(f"{ROOT}/config/processingjobconfig.json", shown)


def _local_paths(request: Record) -> list[str]:
    inputs = [item.get("S3Input", {}) for item in request.get("ProcessingInputs", [])]
    outputs = (request.get("ProcessingOutputConfig") or {}).get("Outputs", [])
    places = [*inputs, *(output.get("S3Output", {}) for output in outputs)]
    return [place["LocalPath"] for place in places if "LocalPath" in place]
