"""What the model registry and the pipeline tell of what happened."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from console.asking.events.event import PIPELINE, REGISTRY, Event, failure
from console.words.people import called
from console.words.states import APPROVED, NOTHING, REJECTED, in_words, state_of


def registered(packages: Sequence[Mapping[str, Any]], here: str) -> Iterator[Event]:
    """That versions were registered, by what `list_model_packages` tells of each."""
    for one in packages:
        number = str(one.get("ModelPackageVersion", ""))
        if number:
            sentence = f"Version {number} was registered."
            address = f"{here}/versions/{number}"
            yield Event(one["CreationTime"], REGISTRY, sentence, address)


def newest_decided(packages: Sequence[Mapping[str, Any]]) -> str:
    """ARN of the newest version that is approved or rejected; empty if there is none."""
    for one in packages:
        if one.get("ModelApprovalStatus") in (APPROVED, REJECTED):
            return str(one["ModelPackageArn"])
    return ""


def decided_by(package: Mapping[str, Any], function: str, here: str) -> Event | None:
    """Who approved or rejected a version, if nobody changed it since.

    Args:
        package: as the registry describes it.
        function: that writes what became of a version into the registry, too.
        here: address of the project's page.
    """
    status = str(package.get("ModelApprovalStatus", ""))
    arn = str((package.get("LastModifiedBy") or {}).get("IamIdentity", {}).get("Arn", ""))
    profile = str((package.get("LastModifiedBy") or {}).get("UserProfileArn", ""))
    moment = package.get("LastModifiedTime")
    who = profile or arn
    if (
        status not in (APPROVED, REJECTED)
        or moment is None
        or not who
        or arn.endswith(f"/{function}")
    ):
        return None
    number = str(package.get("ModelPackageVersion", ""))
    sentence = f"{called(who)} {in_words(status)} version {number}."
    address = f"{here}/versions/{number}"
    return Event(moment, REGISTRY, sentence, address, state_of(status), same=(status, number))


def executed(executions: Sequence[Mapping[str, Any]], here: str) -> Iterator[Event]:
    """The executions of the pipeline, by what `list_pipeline_executions` tells of each."""
    for one in executions:
        status = one.get("PipelineExecutionStatus", "")
        execution = one["PipelineExecutionArn"].rpartition("/")[2]
        described = one.get("PipelineExecutionDescription", "")
        what = f"Execution {execution} of the pipeline" + (f" ({described})" if described else "")
        why = one.get("PipelineExecutionFailureReason", "")
        address = f"{here}#pipeline"
        if why:
            yield failure(one["StartTime"], PIPELINE, f"{what} failed", why, address)
        else:
            sentence = f"{what}: {in_words(status)}." if status else f"{what} began."
            state = state_of(status) if status else NOTHING
            yield Event(one["StartTime"], PIPELINE, sentence, address, state)
