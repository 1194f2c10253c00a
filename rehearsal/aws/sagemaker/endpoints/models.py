"""Models: an image, its artifacts and the role that serves them; and what a variant deploys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rehearsal.aws.sagemaker.access import RoleNotAssumableError
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.model_registry import ModelRegistry
from rehearsal.aws.sagemaker.named_records import NamedRecords
from rehearsal.aws.sagemaker.object_store import DataTransferError
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers


@dataclass(frozen=True)
class ServingContainer:
    """What a model server needs to start."""

    image: str
    role_arn: str
    model_data_url: str | None = None
    is_isolated: bool = False
    network: Record | None = None
    environment: dict[str, str] = field(default_factory=dict)


class ModelOperations(NamedRecords):
    """Create, describe, list and delete models."""

    kind, arn_kind, words = "Model", "model", "model"

    def __init__(self, context: AccountContext, registry: ModelRegistry) -> None:
        super().__init__(context, context.store.models)
        self._registry = registry

    @answers("CreateModel")
    def create_model(self, request: Record, caller: RequestContext) -> Record:
        """Make a model; its package must be approved and its artifacts readable by its role."""
        if not request.get("ExecutionRoleArn"):
            raise RequestRefusedError("ExecutionRoleArn is missing; give the role of the model.")
        self._context.access.check_role(caller.access_key_id, request["ExecutionRoleArn"])
        self._context.check_packages(caller, request)
        container = self.container(request)
        self._check_artifacts(container)
        return self.add(request)

    def container(self, model: Record) -> ServingContainer:
        """What a model serves, its model package resolved.

        Raises:
            RequestRefusedError: the package is missing or not approved, or there is not exactly
                one container.
        """
        containers = [*(model.get("Containers") or [])]
        containers += [model["PrimaryContainer"]] if model.get("PrimaryContainer") else []
        if len(containers) != 1:
            raise RequestRefusedError(
                f"Model {model['ModelName']} has {len(containers)} containers; the rehearsal "
                "serves models of exactly one."
            )
        given = containers[0]
        package = given.get("ModelPackageName")
        resolved = self._packaged(package) if package else given
        if not resolved.get("Image"):
            raise RequestRefusedError(f"Model {model['ModelName']} names no Image and no package.")
        source = (resolved.get("ModelDataSource") or {}).get("S3DataSource") or {}
        if source and source.get("CompressionType") != "Gzip":
            raise RequestRefusedError(
                f"Model {model['ModelName']} has uncompressed artifacts; the rehearsal serves "
                "model.tar.gz."
            )
        return ServingContainer(
            image=resolved["Image"],
            role_arn=model["ExecutionRoleArn"],
            model_data_url=resolved.get("ModelDataUrl") or source.get("S3Uri"),
            is_isolated=bool(model.get("EnableNetworkIsolation")),
            network=model.get("VpcConfig"),
            environment={
                **(resolved.get("Environment") or {}),
                **(given.get("Environment") or {}),
            },
        )

    def _packaged(self, name: str) -> dict[str, Any]:
        package = self._registry.package(name)
        if package["ModelApprovalStatus"] != "Approved":
            raise RequestRefusedError(
                f"Model package {package['ModelPackageArn']} is {package['ModelApprovalStatus']}; "
                "only an Approved model package can be deployed."
            )
        specification = package.get("InferenceSpecification") or {}
        containers: list[dict[str, Any]] = specification.get("Containers") or [{}]
        return containers[0]

    def _check_artifacts(self, container: ServingContainer) -> None:
        if container.model_data_url is None:
            return
        try:
            objects = self._context.objects.for_role(container.role_arn)
            objects.check_exists(container.model_data_url)
        except (DataTransferError, RoleNotAssumableError) as error:
            raise RequestRefusedError(
                f"Could not access model data at {container.model_data_url}. Please ensure that "
                f'the role "{container.role_arn}" exists, that it trusts '
                "sagemaker.amazonaws.com, and that it may read the object with s3:GetObject. "
                f"{error}"
            ) from error
