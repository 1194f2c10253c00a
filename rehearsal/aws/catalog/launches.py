"""The API's operations on launched products."""

from __future__ import annotations

from ministack.core import iam_evaluator

from rehearsal.aws.catalog import stacks
from rehearsal.aws.catalog.callers import Caller, access_levels
from rehearsal.aws.catalog.errors import InvalidParametersError, ResourceNotFoundError
from rehearsal.aws.catalog.provisioning import Provisioning
from rehearsal.aws.catalog.resources import CatalogStore
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.service_kit.operations import Record, answers


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
            if provisioned["Id"] in named or provisioned["Name"] in names:
                return dict(access_levels(caller, provisioned["UserArnSession"]))
        return {}

    @answers("ProvisionProduct")
    def provision(self, request: Record, caller: Caller) -> Record:
        """ProvisionProduct."""
        return {"RecordDetail": self._provisioning.provision(request, caller)}

    @answers("UpdateProvisionedProduct")
    def update(self, request: Record, caller: Caller) -> Record:
        """UpdateProvisionedProduct."""
        provisioned_id = self.mine(request, caller)
        return {"RecordDetail": self._provisioning.update(provisioned_id, request)}

    @answers("TerminateProvisionedProduct")
    def terminate(self, request: Record, caller: Caller) -> Record:
        """TerminateProvisionedProduct."""
        provisioned_id = self.mine(request, caller)
        retain = bool(request.get("RetainPhysicalResources"))
        return {"RecordDetail": self._provisioning.terminate(provisioned_id, retain=retain)}

    @answers("DescribeProvisionedProduct")
    def describe_provisioned(self, request: Record, _caller: Caller) -> Record:
        """DescribeProvisionedProduct."""
        return {"ProvisionedProductDetail": self._named(request, "Id", "Name")}

    @answers("DescribeRecord")
    def describe_record(self, request: Record, _caller: Caller) -> Record:
        """DescribeRecord."""
        record = self._provisioning.record(request["Id"])
        return {"RecordDetail": record, "RecordOutputs": record["_outputs"]}

    @answers("ScanProvisionedProducts")
    def scan(self, request: Record, caller: Caller) -> Record:
        """ScanProvisionedProducts."""
        return {"ProvisionedProducts": self._visible(request, caller)}

    @answers("SearchProvisionedProducts")
    def search(self, request: Record, caller: Caller) -> Record:
        """SearchProvisionedProducts; its filter takes `field:value` and plain text."""
        attributes = [self._attributes(p) for p in self._visible(request, caller)]
        filters = request.get("Filters", {})
        found = [shown for shown in attributes if _matches(shown, filters)]
        return {"ProvisionedProducts": found, "TotalResultsCount": len(found)}

    def _named(self, request: Record, id_member: str, name_member: str) -> Record:
        provisioned_id, name = request.get(id_member), request.get(name_member)
        if bool(provisioned_id) == bool(name):
            raise InvalidParametersError(f"Give either {id_member} or {name_member}.")
        if provisioned_id:
            return self._provisioning.provisioned(provisioned_id)
        return self._provisioning.provisioned_by_name(str(name))

    def mine(self, request: Record, caller: Caller) -> str:
        """Id of what a request names, which belongs to its user and to who could launch it."""
        provisioned = self._named(request, "ProvisionedProductId", "ProvisionedProductName")
        mine = provisioned["UserArn"] == caller.identity_arn
        if not mine and not self._selection.paths(caller, provisioned["ProductId"]):
            raise ResourceNotFoundError(f"Provisioned product {provisioned['Id']} not found.")
        return str(provisioned["Id"])

    def planned(self, provisioned_id: str, request: Record) -> tuple[Record, stacks.Form]:
        """A launched product as an update would make it, and what would change its stack."""
        return self._provisioning.planned(provisioned_id, request)

    def _visible(self, request: Record, caller: Caller) -> list[Record]:
        everything = self._provisioning.all_provisioned()
        level = request.get("AccessLevelFilter", {}).get("Key", "User")
        if level == "Account":
            return everything
        if level == "Role":
            return [p for p in everything if p["UserArn"] == caller.identity_arn]
        return [p for p in everything if p["UserArnSession"] == caller.arn]

    def _attributes(self, provisioned: Record) -> Record:
        product = self._store.products.get(provisioned["ProductId"])
        stack = stacks.read(provisioned["_stack"])
        return {
            **{name: value for name, value in provisioned.items() if not name.startswith("_")},
            "PhysicalId": stack["StackId"] if stack else None,
            "ProductName": product["Name"] if product else None,
        }


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
