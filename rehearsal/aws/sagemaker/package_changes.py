"""What a request to update a model package changes, and what the event about it calls that."""

from __future__ import annotations

from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.model_card import changed_card
from rehearsal.aws.service_kit.operations import Record

_REPLACED = (
    "ModelApprovalStatus",
    "ApprovalDescription",
    "InferenceSpecification",
    "SourceUri",
    "ModelLifeCycle",
    "ModelPackageRegistrationType",
)
# So written in "Events that Amazon SageMaker AI sends to Amazon EventBridge".
_NAMES_IN_EVENTS = {"SourceUri": "sourceUri"}
_METADATA = "CustomerMetadataProperties"
# Of CreateModelPackage's model; we hold a version to it after an update as well.
_MOST_METADATA = 50


def package_changes(package: Record, request: Record) -> tuple[Record, list[str]]:
    """The members that an UpdateModelPackage request sets, and its `UpdatedModelPackageFields`.

    A life cycle is replaced as a whole; metadata is merged, then freed of what is to be removed.

    Raises:
        RequestRefusedError: the version would have too many metadata properties; remove some. Or
            its model card is wrong.
    """
    members = {name: request[name] for name in _REPLACED if request.get(name) is not None}
    if request.get("ModelCard") is not None:
        members["ModelCard"] = changed_card(package.get("ModelCard"), request["ModelCard"])
    if request.get(_METADATA) or request.get(f"{_METADATA}ToRemove"):
        members[_METADATA] = _merged_metadata(package, request)
    added = request.get("AdditionalInferenceSpecificationsToAdd")
    if added:
        present = package.get("AdditionalInferenceSpecifications") or []
        members["AdditionalInferenceSpecifications"] = [*present, *added]
    changed = [name for name in members if members[name] != package.get(name)]
    fields = [_NAMES_IN_EVENTS.get(name, name) for name in changed or members]
    return members, fields


def _merged_metadata(package: Record, request: Record) -> Record | None:
    metadata = {**(package.get(_METADATA) or {}), **(request.get(_METADATA) or {})}
    for name in request.get(f"{_METADATA}ToRemove") or []:
        metadata.pop(name, None)
    if len(metadata) > _MOST_METADATA:
        raise RequestRefusedError(
            f"The model package {package['ModelPackageArn']} would have {len(metadata)} metadata "
            f"properties; {_MOST_METADATA} are the most."
        )
    return metadata or None
