"""Launching, updating and terminating products.

A launched product is a CloudFormation stack made with the launch role. The state of a launch is not
stored twice: whenever it is asked for, it is read off the stack.
Source: Service Catalog API reference (ProvisionedProductDetail: the statuses; RecordDetail).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.catalog import stacks, templates
from rehearsal.aws.catalog.callers import Caller, launch_role_problem
from rehearsal.aws.catalog.errors import (
    DuplicateResourceError,
    InvalidParametersError,
    ResourceNotFoundError,
)
from rehearsal.aws.catalog.launch_state import (
    AVAILABLE,
    ERROR,
    GONE,
    PROVISION,
    SUCCESSES,
    TAINTED,
    TERMINATE,
    UNDER_CHANGE,
    UPDATE,
    status_after,
)
from rehearsal.aws.catalog.resources import CatalogStore, new_id
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.emulator.stack_permissions.acting_principal import ActingPrincipal, acting_as
from rehearsal.aws.service_kit.key_values import items_of, mapping_of
from rehearsal.aws.service_kit.operations import Record

_KIND = "CFN_STACK"
# What a record and the launched product both tell.
_SHARED = ("ProductId", "ProvisioningArtifactId", "LaunchRoleArn")


class Provisioning:
    """Rules of launches, over the store and the stacks; requests have the shape of the API's."""

    def __init__(
        self, store: CatalogStore, selection: Selection, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._selection = selection
        self._clock = clock
        self._lock = threading.RLock()

    def provision(self, request: Record, caller: Caller) -> Record:
        """Launch a product; the same token again gives the same launch. Answers the record.

        Raises:
            DuplicateResourceError: the name is taken; choose another.
            ResourceNotFoundError: no such product or version, or none for this caller.
            InvalidParametersError: unknown or missing parameters.
        """
        with self._lock:
            name = request["ProvisionedProductName"]
            product = self._selection.product(request.get("ProductId"), request.get("ProductName"))
            path = self._selection.path(caller, product["ProductId"], request.get("PathId"))
            version = self._selection.version_to_launch(product, request)
            again = self._by_name(name)
            if again and again["IdempotencyToken"] == request["ProvisionToken"]:
                return self.record(again["LastProvisioningRecordId"])
            if again:
                raise DuplicateResourceError(f"A provisioned product named {name} already exists.")
            given = mapping_of(request.get("ProvisioningParameters"))
            templates.check_values(templates.parameters(version["_template"]), given)
            made = self._new(request, caller, product, path)
            provisioned = {**made, "ProvisioningArtifactId": version["Id"]}
            record = self._start(provisioned, PROVISION)
            return self._attempt(record, "CreateStack", stacks.launch_form(provisioned, given))

    def update(self, provisioned_id: str, request: Record) -> Record:
        """Change a launched product; parameters that are not given keep their values.

        The version is the latest, if the request names none.
        """
        with self._lock:
            provisioned, values = self._updated(provisioned_id, request)
            record = self._start(provisioned, UPDATE)
            return self._attempt(record, "UpdateStack", stacks.launch_form(provisioned, values))

    def planned(self, provisioned_id: str, request: Record) -> tuple[Record, stacks.Form]:
        """A launched product as an update would make it, and what would change its stack."""
        with self._lock:
            provisioned, values = self._updated(provisioned_id, request)
            return provisioned, stacks.launch_form(provisioned, values)

    def terminate(self, provisioned_id: str, *, retain: bool = False) -> Record:
        """Delete the stack of a launched product and, when it is gone, the product."""
        with self._lock:
            provisioned = self._idle(provisioned_id)
            record = self._start(provisioned, TERMINATE)
            form = stacks.deletion_form(provisioned["_stack"], retain=retain)
            return self._attempt(record, "DeleteStack", form)

    def provisioned(self, provisioned_id: str) -> Record:
        """A launched product as it stands now, or ResourceNotFoundError."""
        with self._lock:
            self._refresh(provisioned_id)
            return self._store.provisioned_product(provisioned_id)

    def provisioned_by_name(self, name: str) -> Record:
        """A launched product by its name, as it stands now, or ResourceNotFoundError."""
        found = self._by_name(name)
        if found is None:
            raise ResourceNotFoundError(f"Provisioned product {name} not found.")
        return self.provisioned(found["Id"])

    def all_provisioned(self) -> list[Record]:
        """Every launched product as it stands now, oldest first."""
        for provisioned_id in list(self._store.provisioned):
            self._refresh(provisioned_id)
        return sorted(self._store.provisioned.values(), key=lambda p: p["CreatedTime"])

    def record(self, record_id: str) -> Record:
        """A record as it stands now, or ResourceNotFoundError."""
        self._refresh(self._store.record(record_id)["ProvisionedProductId"])
        return self._store.record(record_id)

    def _updated(
        self, provisioned_id: str, request: Record
    ) -> tuple[Record, dict[str, str | None]]:
        """A launched product with its new version, and parameters; None keeps a value."""
        before = self._idle(provisioned_id)
        product = self._store.product(before["ProductId"])
        current_id = before["ProvisioningArtifactId"]
        version = self._selection.version_to_launch(product, request, current_id)
        declared = templates.parameters(version["_template"])
        items = request.get("ProvisioningParameters") or []
        kept = [item["Key"] for item in items if item.get("UsePreviousValue")]
        given: Mapping[str, str | None] = {**mapping_of(items), **dict.fromkeys(kept)}
        templates.check_names(declared, given)
        stack = stacks.read(before["_stack"])
        had = {p["ParameterKey"] for p in stack["Parameters"]} if stack else set()
        provisioned = {**before, "ProvisioningArtifactId": version["Id"]}
        return provisioned, {**dict.fromkeys(declared.keys() & had), **given}

    def _by_name(self, name: str) -> Record | None:
        return next((p for p in self.all_provisioned() if p["Name"] == name), None)

    def _idle(self, provisioned_id: str) -> Record:
        provisioned = self.provisioned(provisioned_id)
        if provisioned["Status"] == UNDER_CHANGE:
            raise InvalidParametersError(
                f"Provisioned product {provisioned_id} is UNDER_CHANGE; wait until it is done."
            )
        return provisioned

    def _new(self, request: Record, caller: Caller, product: Record, path: Record) -> Record:
        account, provisioned_id = get_account_id(), new_id("pp")
        name = request["ProvisionedProductName"]
        portfolio = self._store.portfolio(path["PortfolioId"])
        tags = {**portfolio["_tags"], **product["_tags"], **mapping_of(request.get("Tags"))}
        place = f"arn:aws:servicecatalog:{get_region()}:{account}"
        return {
            "Id": provisioned_id,
            "Name": name,
            "Arn": f"{place}:stack/{name}/{provisioned_id}",
            "Type": _KIND,
            "ProductId": product["ProductId"],
            "LaunchRoleArn": self._selection.launch_role(path),
            "IdempotencyToken": request["ProvisionToken"],
            "UserArn": caller.identity_arn,
            "UserArnSession": caller.arn,
            "CreatedTime": self._clock(),
            "Tags": items_of(tags),
            "_path": path["Id"],
            "_stack": f"SC-{account}-{provisioned_id}",
        }

    def _start(self, provisioned: Record, kind: str) -> Record:
        now, record_id = self._clock(), new_id("rec")
        last = {"LastRecordId": record_id}
        if kind != TERMINATE:
            last["LastProvisioningRecordId"] = record_id
        record = self._store.records[record_id] = {
            "RecordId": record_id,
            "RecordType": kind,
            "Status": "IN_PROGRESS",
            "ProvisionedProductId": provisioned["Id"],
            "ProvisionedProductName": provisioned["Name"],
            "ProvisionedProductType": _KIND,
            **{member: provisioned[member] for member in _SHARED},
            "PathId": provisioned["_path"],
            "RecordTags": provisioned["Tags"],
            "RecordErrors": [],
            "CreatedTime": now,
            "UpdatedTime": now,
            "_outputs": [],
        }
        self._store.provisioned[provisioned["Id"]] = {
            **provisioned,
            "Status": UNDER_CHANGE,
            "StatusMessage": None,
            **last,
        }
        return record

    def _attempt(self, record: Record, action: str, form: stacks.Form) -> Record:
        """Do it with the launch role; a refusal fails the record, as a failing stack would."""
        role = record["LaunchRoleArn"]
        problem = launch_role_problem(role, action, form["StackName"]) if role else ""
        try:
            if not problem:
                # Service Catalog calls CloudFormation in a session of the role.
                with acting_as(ActingPrincipal(role_arn=role or "", session="servicecatalog")):
                    stacks.call(action, form)
        except stacks.StackUnchangedError:
            self._settle(record, AVAILABLE)
        except stacks.StackRefusedError as error:
            problem = str(error)
        if problem:
            # Only a first launch leaves nothing that runs; else the stack is as it was before.
            self._settle(record, ERROR if record["RecordType"] == PROVISION else TAINTED, problem)
        return record

    def _refresh(self, provisioned_id: str) -> None:
        with self._lock:
            provisioned = self._store.provisioned.get(provisioned_id)
            if provisioned is None or provisioned["Status"] != UNDER_CHANGE:
                return
            record = self._store.records[provisioned["LastRecordId"]]
            stack = stacks.read(provisioned["_stack"])
            status = status_after(record["RecordType"], stack["StackStatus"] if stack else None)
            if status in SUCCESSES:
                self._settle(record, status, _outputs=stack["Outputs"] if stack else [])
            elif status:
                self._settle(record, status, stacks.failure_reason(stack) if stack else "")

    def _settle(self, record: Record, status: str, reason: str = "", **members: Any) -> None:
        errors = [{"Code": "ResourceFailure", "Description": reason}] if reason else []
        self._store.records[record["RecordId"]] = {
            **record,
            "Status": "SUCCEEDED" if status in SUCCESSES else "FAILED",
            "UpdatedTime": self._clock(),
            "RecordErrors": errors,
            **members,
        }
        provisioned_id = record["ProvisionedProductId"]
        if status == GONE:
            del self._store.provisioned[provisioned_id]
            return
        last = {"LastSuccessfulProvisioningRecordId": record["RecordId"]}
        self._store.provisioned[provisioned_id] = {
            **self._store.provisioned[provisioned_id],
            "Status": status,
            "StatusMessage": reason or None,
            **(last if status in SUCCESSES else {}),
        }
