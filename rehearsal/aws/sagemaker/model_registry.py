"""The model registry: groups of models and their numbered versions (model packages)."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestConflictError, RequestRefusedError
from rehearsal.aws.sagemaker.events import MODEL_PACKAGE, iso_time
from rehearsal.aws.sagemaker.model_card import check_model_card
from rehearsal.aws.sagemaker.object_store import DataTransferError
from rehearsal.aws.sagemaker.package_changes import package_changes
from rehearsal.aws.sagemaker.paging import Listing
from rehearsal.aws.sagemaker.tags import set_tags
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers

_GROUPS = Listing(name="ModelPackageGroupName", order="Ascending")
_PACKAGES = Listing(name="ModelPackageArn", order="Ascending")
_EVENT_MEMBERS = (
    "ModelPackageGroupName",
    "ModelPackageVersion",
    "ModelPackageArn",
    "ModelPackageDescription",
    "InferenceSpecification",
    "ModelPackageStatus",
    "ModelPackageStatusDetails",
    "CertifyForMarketplace",
    "ModelApprovalStatus",
    "ApprovalDescription",
    "MetadataProperties",
    "ModelMetrics",
    "ModelLifeCycle",
    "CustomerMetadataProperties",
    "UpdatedModelPackageFields",
)


class ModelRegistry:
    """Operations on model package groups and model packages."""

    def __init__(self, context: AccountContext) -> None:
        self._context = context
        self._store = context.store

    @answers("CreateModelPackageGroup")
    def create_model_package_group(self, request: Record, caller: RequestContext) -> Record:
        """Make an empty group."""
        name = request["ModelPackageGroupName"]
        arn = self._context.settings.arn("model-package-group", name)
        with self._store.lock:
            if name in self._store.groups:
                raise RequestRefusedError(f"Model Package Group already exists: {arn}")
            set_tags(self._store, arn, request.get("Tags"))
            self._store.groups[name] = {
                "ModelPackageGroupName": name,
                "ModelPackageGroupArn": arn,
                "ModelPackageGroupDescription": request.get("ModelPackageGroupDescription"),
                "CreationTime": self._context.clock(),
                "CreatedBy": self._context.access.identity(caller.access_key_id),
                "ModelPackageGroupStatus": "Completed",
                "_last_version": 0,
            }
        return {"ModelPackageGroupArn": arn}

    @answers("DescribeModelPackageGroup")
    def describe_model_package_group(self, request: Record, _caller: RequestContext) -> Record:
        """One group, by name or ARN."""
        return self._group(request["ModelPackageGroupName"])

    @answers("ListModelPackageGroups")
    def list_model_package_groups(self, request: Record, _caller: RequestContext) -> Record:
        """Groups, oldest first unless the request says otherwise."""
        page, more = _GROUPS.page(self._store.all(self._store.groups), request)
        return {"ModelPackageGroupSummaryList": page, **more}

    @answers("DeleteModelPackageGroup")
    def delete_model_package_group(self, request: Record, _caller: RequestContext) -> Record:
        """Remove a group; one that still has model packages is refused."""
        group = self._group(request["ModelPackageGroupName"])
        name = group["ModelPackageGroupName"]
        with self._store.lock:
            if any(p["ModelPackageGroupName"] == name for p in self._store.packages.values()):
                raise RequestConflictError(
                    f"Model Package Group cannot be deleted, because it is not empty: "
                    f"{group['ModelPackageGroupArn']}"
                )
            del self._store.groups[name]
            self._store.policies.pop(name, None)
            self._store.forget_tags([group["ModelPackageGroupArn"]])
        return {}

    @answers("PutModelPackageGroupPolicy")
    def put_model_package_group_policy(self, request: Record, _caller: RequestContext) -> Record:
        """Attach a resource policy."""
        group = self._group(request["ModelPackageGroupName"])
        try:
            json.loads(request["ResourcePolicy"])
        except ValueError as error:
            raise RequestRefusedError(f"The resource policy is not JSON: {error}") from error
        with self._store.lock:
            self._store.policies[group["ModelPackageGroupName"]] = request["ResourcePolicy"]
        return {"ModelPackageGroupArn": group["ModelPackageGroupArn"]}

    @answers("GetModelPackageGroupPolicy")
    def get_model_package_group_policy(self, request: Record, _caller: RequestContext) -> Record:
        """The attached resource policy."""
        return {"ResourcePolicy": self._store.policies[self._with_policy(request)]}

    @answers("DeleteModelPackageGroupPolicy")
    def delete_model_package_group_policy(self, request: Record, _caller: RequestContext) -> Record:
        """Detach the resource policy."""
        del self._store.policies[self._with_policy(request)]
        return {}

    @answers("CreateModelPackage")
    def create_model_package(self, request: Record, caller: RequestContext) -> Record:
        """Register a version in a group; its artifacts must be in S3."""
        if not request.get("ModelPackageGroupName"):
            raise RequestRefusedError(
                "The rehearsal registers versioned model packages only; give ModelPackageGroupName."
            )
        group = self._group(request["ModelPackageGroupName"])
        check_model_card(request.get("ModelCard") or {})
        self._check_artifacts(request)
        name, now = group["ModelPackageGroupName"], self._context.clock()
        with self._store.lock:
            group["_last_version"] = version = group["_last_version"] + 1
            arn = self._context.settings.arn("model-package", f"{name}/{version}")
            set_tags(self._store, arn, request.get("Tags"))
            kept = {key: request[key] for key in request if key not in ("Tags", "ClientToken")}
            package = {
                "ModelApprovalStatus": "PendingManualApproval",
                "CertifyForMarketplace": False,
                **kept,
                "ModelPackageGroupName": name,
                "ModelPackageName": name,
                "ModelPackageVersion": version,
                "ModelPackageArn": arn,
                "CreationTime": now,
                "LastModifiedTime": now,
                "CreatedBy": self._context.access.identity(caller.access_key_id),
                "ModelPackageStatus": "Completed",
                "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
            }
            self._store.packages[arn] = package
        self._publish(package, None)
        return {"ModelPackageArn": arn}

    @answers("DescribeModelPackage")
    def describe_model_package(self, request: Record, _caller: RequestContext) -> Record:
        """One version, by ARN."""
        return self.package(request["ModelPackageName"])

    @answers("ListModelPackages")
    def list_model_packages(self, request: Record, _caller: RequestContext) -> Record:
        """Versions, oldest first unless the request says otherwise."""
        if request.get("ModelPackageType", "Versioned") == "Unversioned":
            return {"ModelPackageSummaryList": []}
        packages = self._store.all(self._store.packages)
        if request.get("ModelPackageGroupName"):
            name = self._group(request["ModelPackageGroupName"])["ModelPackageGroupName"]
            packages = [p for p in packages if p["ModelPackageGroupName"] == name]
        status = request.get("ModelApprovalStatus")
        packages = [p for p in packages if status in (None, p["ModelApprovalStatus"])]
        page, more = _PACKAGES.page(packages, request)
        summaries = [{**p, "ModelPackageName": None} for p in page]
        return {"ModelPackageSummaryList": summaries, **more}

    @answers("UpdateModelPackage")
    def update_model_package(self, request: Record, caller: RequestContext) -> Record:
        """Change the approval, the life cycle or the metadata of a version."""
        package = self.package(request["ModelPackageArn"])
        with self._store.lock:
            members, updated = package_changes(package, request)
            package.update(
                members,
                LastModifiedTime=self._context.clock(),
                LastModifiedBy=self._context.access.identity(caller.access_key_id),
            )
        self._publish(package, updated)
        return {"ModelPackageArn": package["ModelPackageArn"]}

    @answers("DeleteModelPackage")
    def delete_model_package(self, request: Record, _caller: RequestContext) -> Record:
        """Remove a version; its number is not used again."""
        package = self.package(request["ModelPackageName"])
        with self._store.lock:
            del self._store.packages[package["ModelPackageArn"]]
            self._store.forget_tags([package["ModelPackageArn"]])
        return {}

    def package(self, name: str) -> Record:
        """The package of an ARN, or of `group/version`."""
        arn = name if name.startswith("arn:") else self._context.settings.arn("model-package", name)
        package = self._context.packages_of(arn).get(arn)
        if package is None:
            raise RequestRefusedError(f"ModelPackage {arn} does not exist.")
        return package

    def _group(self, name: str) -> Record:
        group = self._store.groups.get(name.rsplit("/", 1)[-1])
        own = self._context.settings.arn("model-package-group", name)
        arn = name if name.startswith("arn:") else own
        if group is None or group["ModelPackageGroupArn"] != arn:
            raise RequestRefusedError(f"ModelPackageGroup {arn} does not exist.")
        return group

    def _with_policy(self, request: Record) -> str:
        name: str = self._group(request["ModelPackageGroupName"])["ModelPackageGroupName"]
        if name not in self._store.policies:
            raise RequestRefusedError(f"Cannot find resource policy for model package group {name}")
        return name

    def _check_artifacts(self, request: Record) -> None:
        specification: dict[str, Any] = request.get("InferenceSpecification") or {}
        for container in specification.get("Containers", []):
            if container.get("ModelDataUrl"):
                try:
                    self._context.objects.for_service().check_exists(container["ModelDataUrl"])
                except DataTransferError as error:
                    raise RequestRefusedError(
                        f"Could not access model data at {container['ModelDataUrl']}. {error}"
                    ) from error

    def _publish(self, package: Record, updated: list[str] | None) -> None:
        detail = {name: package.get(name) for name in _EVENT_MEMBERS}
        detail["CreationTime"] = iso_time(package["CreationTime"])
        detail["LastModifiedTime"] = iso_time(package["LastModifiedTime"])
        detail["UpdatedModelPackageFields"] = updated
        self._context.events.publish(MODEL_PACKAGE, [package["ModelPackageArn"]], detail)
