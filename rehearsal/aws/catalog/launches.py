"""The API's operations on launched products: requests in, the API's shapes out."""

from __future__ import annotations

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.catalog import stacks
from rehearsal.aws.catalog.browsing import find_artifact_id, find_product
from rehearsal.aws.catalog.callers import Caller, access_levels
from rehearsal.aws.catalog.errors import InvalidParametersError, ResourceNotFoundError
from rehearsal.aws.catalog.provisioning import Launch, Provisioning
from rehearsal.aws.catalog.resources import (
    CatalogStore,
    LaunchRecord,
    ProvisionedProduct,
    provisioned_arn,
)
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.service_kit.operations import Record, answers

_KIND = "CFN_STACK"


class Launches:
    """Provision, update, terminate, describe, search."""

    def __init__(
        self, store: CatalogStore, selection: Selection, provisioning: Provisioning
    ) -> None:
        self._store = store
        self._selection = selection
        self._provisioning = provisioning

    def condition_keys(self, _operation: str, request: Record) -> Record:
        """What IAM knows of a call about a launched product, for its present caller."""
        named = {request.get("ProvisionedProductId"), request.get("Id")} - {None}
        names = {request.get("ProvisionedProductName"), request.get("Name")} - {None}
        caller = Caller(iam_evaluator.caller_arn())
        for provisioned in self._store.provisioned.values():
            if provisioned.id in named or provisioned.name in names:
                return dict(access_levels(caller, provisioned.user_arn))
        return {}

    @answers("ProvisionProduct")
    def provision(self, request: Record, caller: Caller) -> Record:
        """ProvisionProduct."""
        product = find_product(self._store, request.get("ProductId"), request.get("ProductName"))
        given = request.get("ProvisioningParameters", [])
        launch = Launch(
            product_id=product.id,
            artifact_id=find_artifact_id(product, request),
            path_id=request.get("PathId", ""),
            name=request["ProvisionedProductName"],
            parameters={item["Key"]: item.get("Value", "") for item in given},
            tags={tag["Key"]: tag["Value"] for tag in request.get("Tags", [])},
            token=request["ProvisionToken"],
        )
        return _started(self._provisioning.provision(caller, launch))

    @answers("UpdateProvisionedProduct")
    def update(self, request: Record, caller: Caller) -> Record:
        """UpdateProvisionedProduct."""
        provisioned = self._named(request, "ProvisionedProductId", "ProvisionedProductName")
        self._check_mine(provisioned, caller)
        product = self._selection.product(provisioned.product_id)
        given = request.get("ProvisioningParameters", [])
        values = {
            item["Key"]: None if item.get("UsePreviousValue") else item.get("Value", "")
            for item in given
        }
        artifact_id = find_artifact_id(product, request)
        return _started(self._provisioning.update(provisioned.id, artifact_id, values))

    @answers("TerminateProvisionedProduct")
    def terminate(self, request: Record, caller: Caller) -> Record:
        """TerminateProvisionedProduct."""
        provisioned = self._named(request, "ProvisionedProductId", "ProvisionedProductName")
        self._check_mine(provisioned, caller)
        retain = bool(request.get("RetainPhysicalResources"))
        return _started(self._provisioning.terminate(provisioned.id, retain=retain))

    @answers("DescribeProvisionedProduct")
    def describe_provisioned(self, request: Record, _caller: Caller) -> Record:
        """DescribeProvisionedProduct."""
        return {"ProvisionedProductDetail": self._detail(self._named(request, "Id", "Name"))}

    @answers("DescribeRecord")
    def describe_record(self, request: Record, _caller: Caller) -> Record:
        """DescribeRecord."""
        record = self._provisioning.record(request["Id"])
        outputs = [{"OutputKey": k, "OutputValue": v} for k, v in record.outputs.items()]
        return {"RecordDetail": record_detail(record), "RecordOutputs": outputs}

    @answers("ScanProvisionedProducts")
    def scan(self, request: Record, caller: Caller) -> Record:
        """ScanProvisionedProducts."""
        details = [self._detail(p) for p in self._visible(request, caller)]
        return {"ProvisionedProducts": details}

    @answers("SearchProvisionedProducts")
    def search(self, request: Record, caller: Caller) -> Record:
        """SearchProvisionedProducts; its filter takes `field:value` and plain text."""
        found = []
        for provisioned in self._visible(request, caller):
            attributes = self._attributes(provisioned)
            if _matches(attributes, request.get("Filters", {})):
                found.append(attributes)
        return {"ProvisionedProducts": found, "TotalResultsCount": len(found)}

    def _named(self, request: Record, id_member: str, name_member: str) -> ProvisionedProduct:
        provisioned_id, name = request.get(id_member), request.get(name_member)
        if bool(provisioned_id) == bool(name):
            raise InvalidParametersError(f"Give either {id_member} or {name_member}.")
        if provisioned_id:
            return self._provisioning.provisioned(provisioned_id)
        return self._provisioning.provisioned_by_name(str(name))

    def _check_mine(self, provisioned: ProvisionedProduct, caller: Caller) -> None:
        """A launch belongs to its user and to those who could launch the product."""
        mine = Caller(provisioned.user_arn).identity_arn == caller.identity_arn
        if not mine and not self._selection.paths(caller, provisioned.product_id):
            raise ResourceNotFoundError(f"Provisioned product {provisioned.id} not found.")

    def _visible(self, request: Record, caller: Caller) -> list[ProvisionedProduct]:
        everything = list(self._provisioning.all_provisioned())
        level = request.get("AccessLevelFilter", {}).get("Key", "User")
        if level == "Account":
            return everything
        if level == "Role":
            mine = caller.identity_arn
            return [p for p in everything if Caller(p.user_arn).identity_arn == mine]
        return [p for p in everything if p.user_arn == caller.arn]

    def _attributes(self, provisioned: ProvisionedProduct) -> Record:
        product = self._store.products.get(provisioned.product_id)
        state = stacks.read(provisioned.stack_name)
        return {
            **self._detail(provisioned),
            "Tags": [{"Key": key, "Value": value} for key, value in provisioned.tags.items()],
            "PhysicalId": state.id if state else None,
            "ProductName": product.name if product else None,
            "UserArn": Caller(provisioned.user_arn).identity_arn,
            "UserArnSession": provisioned.user_arn,
        }

    def _detail(self, provisioned: ProvisionedProduct) -> Record:
        return {
            "Name": provisioned.name,
            "Arn": provisioned_arn(get_account_id(), get_region(), provisioned),
            "Type": _KIND,
            "Id": provisioned.id,
            "Status": provisioned.status,
            "StatusMessage": provisioned.status_message or None,
            "CreatedTime": provisioned.created_at,
            "IdempotencyToken": provisioned.token,
            "LastRecordId": provisioned.last_record_id,
            "LastProvisioningRecordId": provisioned.last_provisioning_record_id,
            "LastSuccessfulProvisioningRecordId": provisioned.last_successful_record_id or None,
            "ProductId": provisioned.product_id,
            "ProvisioningArtifactId": provisioned.artifact_id,
            "LaunchRoleArn": provisioned.launch_role_arn or None,
        }


def record_detail(record: LaunchRecord) -> Record:
    """A record in the shape of the API."""
    errors = [{"Code": record.error_code, "Description": record.error}] if record.error else []
    return {
        "RecordId": record.id,
        "ProvisionedProductName": record.provisioned_product_name,
        "Status": record.status,
        "CreatedTime": record.created_at,
        "UpdatedTime": record.updated_at,
        "ProvisionedProductType": _KIND,
        "RecordType": record.kind,
        "ProvisionedProductId": record.provisioned_product_id,
        "ProductId": record.product_id,
        "ProvisioningArtifactId": record.artifact_id,
        "PathId": record.path_id,
        "RecordErrors": errors,
        "RecordTags": [{"Key": key, "Value": value} for key, value in record.tags.items()],
        "LaunchRoleArn": record.launch_role_arn or None,
    }


def _started(record: LaunchRecord) -> Record:
    return {"RecordDetail": record_detail(record)}


def _matches(attributes: Record, filters: dict[str, list[str]]) -> bool:
    fields = {name.lower(): str(value) for name, value in attributes.items()}
    for query in filters.get("SearchQuery", []):
        name, separator, value = query.partition(":")
        if separator and name.lower() in fields:
            if fields[name.lower()] != value:
                return False
        elif query not in " ".join(fields.values()):
            return False
    return True
