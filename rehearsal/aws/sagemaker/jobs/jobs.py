"""Create, describe, list and stop jobs, and run them to their end.

Processing and training jobs share this; what differs is in their `JobKind`.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Protocol

from rehearsal.aws.sagemaker.access import Access, RoleNotAssumableError
from rehearsal.aws.sagemaker.container_folder import ContainerFolder
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestRefusedError, ResourceInUseError
from rehearsal.aws.sagemaker.images import ImagePullError, pull_image
from rehearsal.aws.sagemaker.jobs.running_job import JobFailedError, JobStoppedError, RunningJob
from rehearsal.aws.sagemaker.network import NetworkRefusedError, join_network
from rehearsal.aws.sagemaker.object_store import DataTransferError
from rehearsal.aws.sagemaker.paging import Listing
from rehearsal.aws.sagemaker.resources import Records
from rehearsal.aws.sagemaker.tags import set_tags
from rehearsal.aws.service_kit.operations import Operation, Record, RequestContext

_INTERRUPTED = "InternalServerError: The rehearsal was stopped while the job ran; start it again."


class JobKind(Protocol):
    """What is particular to one kind of job."""

    prefix: str
    not_found: str

    def records(self, context: AccountContext) -> Records:
        """Where these jobs are kept."""

    def image_uri(self, record: Record) -> str:
        """The image of a job."""

    def check(self, request: Record) -> None:
        """Refuse what the rehearsal cannot run."""

    def initial(self, _record: Record) -> Record:
        """Members that a new record has besides those of the request."""
        return {}

    def on_phase(self, _record: Record, _phase: str, _now: float) -> Record:
        """Members that change when a job enters a phase."""
        return {}

    def execute(self, job: RunningJob) -> None:
        """Do the job's work."""

    def on_failure(self, _job: RunningJob) -> Record:
        """Members of a failed job, besides the reason."""
        return {}


class JobOperations:
    """The operations of one kind of job."""

    def __init__(self, context: AccountContext, kind: JobKind, slots: threading.Semaphore) -> None:
        """Take part in a limit on running jobs that both kinds share."""
        self._context = context
        self._kind = kind
        self._slots = slots
        self._records = kind.records(context)
        self._arn_kind = f"{kind.prefix.lower()}-job"
        self._name = f"{kind.prefix}JobName"
        self._arn = f"{kind.prefix}JobArn"
        self._status = f"{kind.prefix}JobStatus"
        self._listing = Listing(name=self._name, status=self._status, order="Ascending")
        self._stops: dict[str, threading.Event] = {}

    def operations(self) -> dict[str, Operation]:
        """What answers the operations of these jobs."""
        prefix = self._kind.prefix
        return {
            f"Create{prefix}Job": self.create,
            f"Describe{prefix}Job": self.describe,
            f"List{prefix}Jobs": self.list,
            f"Stop{prefix}Job": self.stop,
        }

    def create(self, request: Record, caller: RequestContext) -> Record:
        """Accept a job and start it."""
        record = self.accept(request, caller)
        threading.Thread(target=self.run, args=(record,), name=record[self._name]).start()
        return {self._arn: record[self._arn]}

    def describe(self, request: Record, _caller: RequestContext) -> Record:
        """One job."""
        return self._job(request[self._name])

    def list(self, request: Record, _caller: RequestContext) -> Record:
        """Jobs, oldest first unless the request says otherwise."""
        page, more = self._listing.page(self._context.store.all(self._records), request)
        return {f"{self._kind.prefix}JobSummaries": page, **more}

    def stop(self, request: Record, _caller: RequestContext) -> Record:
        """Ask a running job to end."""
        record = self._job(request[self._name])
        if record[self._status] != "InProgress":
            raise RequestRefusedError(
                f"The request was rejected because the job is in status {record[self._status]}."
            )
        self._context.store.change(record, **{self._status: "Stopping"})
        self._stops[record[self._name]].set()
        return {}

    def accept(self, request: Record, caller: RequestContext) -> Record:
        """Check a request and remember the job as in progress, without running it."""
        self._kind.check(request)
        self._context.access.check_role(caller.access_key_id, request["RoleArn"])
        name, now = request[self._name], self._context.clock()
        arn = self._context.settings.arn(self._arn_kind, name)
        record = {
            **{key: value for key, value in request.items() if key != "Tags"},
            self._arn: arn,
            self._status: "InProgress",
            "CreationTime": now,
            "LastModifiedTime": now,
        }
        record.update(self._kind.initial(record))
        with self._context.store.lock:
            if name in self._records:
                raise ResourceInUseError(
                    f"{self._kind.prefix} job names must be unique within an AWS account and "
                    f"region: {arn}"
                )
            set_tags(self._context.store, arn, request.get("Tags"))
            self._records[name] = record
            self._stops[name] = threading.Event()
        return record

    def run(self, record: Record) -> None:
        """Run an accepted job to its end; the outcome is in the record."""
        log = self.log_path(record[self._name])
        with self._slots:
            self._phase(
                record, "Starting", {f"{self._kind.prefix}StartTime": self._context.clock()}
            )
            status, phase, members = self._attempt(record, log)
        self._keep_log(record, log, members.get("FailureReason"))
        if status == "Completed":
            shutil.rmtree(self.folder(record[self._name]), ignore_errors=True)
        self._finish(record, status, phase, **members)

    def _attempt(self, record: Record, log: Path) -> tuple[str, str, Record]:
        """Do the work; answers the status, the secondary status and the members that explain it."""
        job: RunningJob | None = None
        try:
            job = self._prepare(record, log)
            self._phase(record, self._kind.prefix)
            self._kind.execute(job)
        except JobStoppedError as stopped:
            return "Stopped", "MaxRuntimeExceeded" if stopped.timed_out else "Stopped", {}
        except (
            RoleNotAssumableError,
            ImagePullError,
            NetworkRefusedError,
            DataTransferError,
        ) as error:
            return "Failed", "Failed", {"FailureReason": f"ClientError: {error}"}
        except JobFailedError as error:
            more = self._kind.on_failure(job) if job else {}
            return "Failed", "Failed", {"FailureReason": str(error), **more}
        except OSError as error:
            return "Failed", "Failed", {"FailureReason": f"InternalServerError: {error}"}
        return "Completed", "Completed", {}

    def log_path(self, name: str) -> Path:
        """The file with everything that a job printed."""
        return self._context.settings.root / "logs" / self._arn_kind / f"{name}.log"

    def folder(self, name: str) -> Path:
        """The folder that stands for a job's `/opt/ml`."""
        return self._context.settings.root / self._arn_kind / name

    def request_stop(self, record: Record) -> None:
        """Stop a job that may already have ended."""
        if record[self._status] == "InProgress":
            self.stop({self._name: record[self._name]}, RequestContext())

    def stop_all(self) -> None:
        """End every running job, because the server ends."""
        for record in self._context.store.all(self._records):
            self.request_stop(record)

    def fail_interrupted(self) -> None:
        """Mark the jobs that were running when the last server ended."""
        for record in self._context.store.all(self._records):
            if record[self._status] in ("InProgress", "Stopping"):
                self._finish(record, "Failed", "Failed", FailureReason=_INTERRUPTED)

    def _prepare(self, record: Record, log: Path) -> RunningJob:
        name = record[self._name]
        credentials = self._context.access.assume(record["RoleArn"])
        image = pull_image(
            self._kind.image_uri(record),
            record["RoleArn"],
            self._context.access,
            self._context.settings,
        )
        join_network(
            "The job",
            (record.get("NetworkConfig") or record).get("VpcConfig"),
            record["RoleArn"],
            self._context.access,
            self._context.settings,
        )
        _check_output_key(record, self._context.access)
        path = self.folder(name)
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        objects = self._context.objects.for_role(record["RoleArn"])
        folder = ContainerFolder(path.resolve())
        return RunningJob(
            context=self._context,
            name=name,
            record=record,
            image=image,
            folder=folder,
            log=log,
            objects=objects,
            credentials=None if _is_isolated(record) else credentials,
            stop=self._stops[name],
        )

    def _job(self, name: str) -> Record:
        record = self._records.get(name)
        if record is None:
            raise RequestRefusedError(self._kind.not_found.format(name=name))
        return record

    def _phase(self, record: Record, phase: str, members: Record | None = None) -> None:
        now = self._context.clock()
        shown = self._kind.on_phase(record, phase, now)
        self._context.store.change(record, LastModifiedTime=now, **shown, **(members or {}))

    def _finish(self, record: Record, status: str, phase: str, **members: object) -> None:
        now = self._context.clock()
        self._phase(record, phase)
        end = {f"{self._kind.prefix}EndTime": now, self._status: status}
        self._context.store.change(record, **members, **end)

    def _keep_log(self, record: Record, log: Path, reason: str | None) -> None:
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        stream = f"{record[self._name]}/algo-1-{int(record['CreationTime'])}"
        group, role_arn = f"/aws/sagemaker/{self._kind.prefix}Jobs", record["RoleArn"]
        self._context.journal.write(group, stream, [*lines, reason or ""], role_arn=role_arn)


def _check_output_key(record: Record, access: Access) -> None:
    """A key for the output must be one that the role may encrypt with; of either kind of job.

    Source: SageMaker API reference, OutputDataConfig, KmsKeyId ("The execution role must include
    permissions to call kms:Encrypt").
    """
    output = record.get("OutputDataConfig") or record.get("ProcessingOutputConfig") or {}
    key = output.get("KmsKeyId")
    refused = access.refused(record["RoleArn"], "kms:Encrypt", key) if key else ""
    if refused:
        raise DataTransferError(f"The output cannot be encrypted: {refused}; allow it in the role.")


def _is_isolated(record: Record) -> bool:
    """Whether the container has neither a network nor credentials; of either kind of job.

    Source: SageMaker developer guide, "Run Training and Inference Containers in Internet-Free
    Mode".
    """
    settings = record.get("NetworkConfig") or record
    return bool(settings.get("EnableNetworkIsolation"))
