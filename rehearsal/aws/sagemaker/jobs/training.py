"""Training jobs: channels from S3, the algorithm, `model.tar.gz` to S3."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path
from typing import Any

from rehearsal.aws.sagemaker.container_folder import ROOT
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.jobs.data_source import check_data_source
from rehearsal.aws.sagemaker.jobs.jobs import JobKind
from rehearsal.aws.sagemaker.jobs.running_job import RunningJob
from rehearsal.aws.sagemaker.resources import Records
from rehearsal.aws.service_kit.operations import Record

# What AWS's XGBoost image prints each round, as `[9]\ttrain-rmse:1.9\tvalidation-rmse:2.1`.
_BUILT_IN_METRIC = re.compile(r"\b(train|validation)-([a-z0-9@_]+):([-+\d.eE]+)")

_DEFAULT_RUNTIME_SECONDS = 24 * 3600


class TrainingKind(JobKind):
    """What is particular to training jobs."""

    prefix = "Training"
    not_found = "Requested resource not found."

    def records(self, context: AccountContext) -> Records:
        return context.store.training_jobs

    def image_uri(self, record: Record) -> str:
        uri: str = record["AlgorithmSpecification"]["TrainingImage"]
        return uri

    def check(self, request: Record) -> None:
        if not request.get("AlgorithmSpecification", {}).get("TrainingImage"):
            raise RequestRefusedError(
                "AlgorithmSpecification has no TrainingImage; the rehearsal trains images only."
            )
        for channel in request.get("InputDataConfig", []):
            what = f"Channel {channel['ChannelName']}"
            if "S3DataSource" not in channel["DataSource"]:
                raise RequestRefusedError(
                    f"{what} has no S3DataSource; the rehearsal reads training data from S3 only."
                )
            check_data_source(what, channel["DataSource"]["S3DataSource"])
        if not request.get("OutputDataConfig", {}).get("S3OutputPath"):
            raise RequestRefusedError("OutputDataConfig has no S3OutputPath; give an S3 prefix.")
        _check_waiting(request)

    def initial(self, record: Record) -> Record:
        base = record["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        artifact = f"{base}/{record['TrainingJobName']}/output/model.tar.gz"
        return {
            "ModelArtifacts": {"S3ModelArtifacts": artifact},
            "SecondaryStatus": "Starting",
            "SecondaryStatusTransitions": [],
            "StoppingCondition": record.get("StoppingCondition") or {},
        }

    def on_phase(self, record: Record, phase: str, now: float) -> Record:
        """The secondary status with its history."""
        history = [dict(entry) for entry in record["SecondaryStatusTransitions"]]
        if history:
            history[-1]["EndTime"] = now
        entry: dict[str, Any] = {"Status": phase, "StartTime": now, "StatusMessage": phase}
        return {"SecondaryStatus": phase, "SecondaryStatusTransitions": [*history, entry]}

    def execute(self, job: RunningJob) -> None:
        record, folder = job.record, job.folder.path
        for name in ("input/config", "input/data", "model", "output/data", "code"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for channel in record.get("InputDataConfig", []):
            source = channel["DataSource"]["S3DataSource"]["S3Uri"]
            place = job.folder.local(f"{ROOT}/input/data/{channel['ChannelName']}")
            job.objects.download(source, place)
        self._write_configuration(job)
        variables = {
            "TRAINING_JOB_NAME": job.name,
            "TRAINING_JOB_ARN": record["TrainingJobArn"],
            **(record.get("Environment") or {}),
        }
        job.run(self._command(job), variables)
        self._upload(job)
        job.context.store.change(record, FinalMetricDataList=self._metrics(job))

    def _command(self, job: RunningJob) -> list[str]:
        algorithm = job.record["AlgorithmSpecification"]
        entrypoint = algorithm.get("ContainerEntrypoint")
        arguments = algorithm.get("ContainerArguments", [])
        if entrypoint:
            return [*entrypoint, *arguments]
        return [*job.image.command("train"), *arguments]

    def _write_configuration(self, job: RunningJob) -> None:
        record = job.record
        channels = {
            channel["ChannelName"]: {
                "TrainingInputMode": channel.get("InputMode", "File"),
                "S3DistributionType": "FullyReplicated",
                "RecordWrapperType": channel.get("RecordWrapperType", "None"),
                **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
            }
            for channel in record.get("InputDataConfig", [])
        }
        instance = (record.get("ResourceConfig") or {}).get("InstanceType", "local")
        group = {"instance_group_name": "homogeneousCluster", "instance_type": instance}
        hosts = {
            "current_host": "algo-1",
            "hosts": ["algo-1"],
            "network_interface_name": "lo",
            "current_instance_type": instance,
            "current_group_name": "homogeneousCluster",
            "instance_groups": [{**group, "hosts": ["algo-1"]}],
        }
        place = f"{ROOT}/input/config"
        given = record.get("HyperParameters") or {}
        parameters = {name: job.folder.to_local(value) for name, value in given.items()}
        job.folder.write_json(f"{place}/hyperparameters.json", parameters)
        job.folder.write_json(f"{place}/inputdataconfig.json", channels)
        job.folder.write_json(f"{place}/resourceconfig.json", hosts)

    def _upload(self, job: RunningJob) -> None:
        target: str = job.record["ModelArtifacts"]["S3ModelArtifacts"]
        kms_key = job.record["OutputDataConfig"].get("KmsKeyId")
        extra = job.folder.path / "output" / "data"
        for source, uri in ((job.folder.path / "model", target), (extra, _beside(target))):
            if source == extra and not any(source.iterdir()):
                continue
            archive = job.folder.path / "tmp" / uri.rsplit("/", 1)[-1]
            pack(source, archive)
            job.objects.upload_file(archive, uri, kms_key)

    def _metrics(self, job: RunningJob) -> list[Record]:
        text = job.log.read_text(errors="replace") if job.log.exists() else ""
        found = {f"{m[1]}:{m[2]}": m[3] for m in _BUILT_IN_METRIC.finditer(text)}
        for definition in job.record["AlgorithmSpecification"].get("MetricDefinitions", []):
            values = re.findall(definition["Regex"], text)
            if values:
                last = values[-1]
                found[definition["Name"]] = last if isinstance(last, str) else last[0]
        now = job.context.clock()
        return [
            {"MetricName": name, "Value": float(value), "Timestamp": now}
            for name, value in found.items()
        ]


def _check_waiting(request: Record) -> None:
    """Refuse a limit of waiting without spot capacity, and such capacity without one.

    Source: API reference, StoppingCondition. The first sentence is SageMaker's as people quote it
    (github.com/Kenza-AI/sagify/issues/111); the second nobody here has seen.
    """
    stopping = request.get("StoppingCondition") or {}
    longest = stopping.get("MaxWaitTimeInSeconds")
    if not request.get("EnableManagedSpotTraining"):
        if longest is not None:
            raise RequestRefusedError(
                "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining "
                "is set to true"
            )
    elif longest is None or longest < stopping.get("MaxRuntimeInSeconds", _DEFAULT_RUNTIME_SECONDS):
        raise RequestRefusedError(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to "
            "MaxRuntimeInSeconds"
        )


def pack(folder: Path, archive: Path) -> None:
    """Write a gzip-compressed tar of a folder's contents."""
    with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)


def _beside(model_uri: str) -> str:
    return model_uri.rsplit("/", 1)[0] + "/output.tar.gz"
