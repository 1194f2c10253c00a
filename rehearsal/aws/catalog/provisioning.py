"""Launching, updating and terminating products.

A launched product is a CloudFormation stack made with the launch role. The state of a launch is not
stored twice: whenever it is asked for, it is read off the stack.
Source: Service Catalog API reference (ProvisionedProductDetail: the statuses; RecordDetail).
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ministack.core.responses import get_account_id

from rehearsal.aws.catalog import stacks, templates
from rehearsal.aws.catalog.callers import Caller, role_problem
from rehearsal.aws.catalog.errors import (
    DuplicateResourceError,
    InvalidParametersError,
    ResourceNotFoundError,
)
from rehearsal.aws.catalog.launch_state import outcome
from rehearsal.aws.catalog.resources import (
    Artifact,
    Association,
    CatalogStore,
    LaunchRecord,
    ProvisionedProduct,
    new_id,
)
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.emulator.stack_permissions.acting_principal import ActingPrincipal, acting_as

PROVISION = "PROVISION_PRODUCT"
UPDATE = "UPDATE_PROVISIONED_PRODUCT"
TERMINATE = "TERMINATE_PROVISIONED_PRODUCT"


@dataclass(frozen=True)
class Launch:
    """What a caller wants launched.

    Attributes:
        artifact_id: empty for the latest version.
        path_id: empty when there is one way only to launch the product.
        token: the same token again gives the same launch, not a second one.
    """

    product_id: str
    artifact_id: str
    path_id: str
    name: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    token: str


class Provisioning:
    """Rules of launches, over the store and the stacks."""

    def __init__(
        self, store: CatalogStore, selection: Selection, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._selection = selection
        self._clock = clock
        self._lock = threading.RLock()

    def provision(self, caller: Caller, launch: Launch) -> LaunchRecord:
        """Launch a product.

        Raises:
            DuplicateResourceError: the name is taken; choose another.
            ResourceNotFoundError: no such product or version, or none for this caller.
            InvalidParametersError: unknown or missing parameters.
        """
        with self._lock:
            product = self._selection.product(launch.product_id)
            path = self._selection.path(caller, product.id, launch.path_id)
            artifact = self._selection.artifact_to_launch(product, launch.artifact_id)
            again = self._by_name(launch.name)
            if again and again.token == launch.token:
                return self.record(again.last_provisioning_record_id)
            if again:
                raise DuplicateResourceError(
                    f"A provisioned product named {launch.name} already exists."
                )
            template = templates.parse(artifact.template)
            templates.check_names(template, set(launch.parameters))
            provisioned = self._new(caller, launch, artifact, path)
            record = self._start(provisioned, PROVISION)
            request = self._request(provisioned, artifact, dict(launch.parameters))
            return self._attempt(record, "CreateStack", lambda: stacks.create(request))

    def update(
        self, provisioned_id: str, artifact_id: str, parameters: Mapping[str, str | None]
    ) -> LaunchRecord:
        """Change a launched product; parameters that are not given keep their values.

        Args:
            provisioned_id: of the launched product.
            artifact_id: empty for the latest version.
            parameters: new values by name; None keeps the value.
        """
        with self._lock:
            provisioned = self._idle(provisioned_id)
            product = self._selection.product(provisioned.product_id)
            artifact = self._selection.artifact_to_launch(
                product, artifact_id, current_id=provisioned.artifact_id
            )
            state = stacks.read(provisioned.stack_name)
            had = state.parameters if state else frozenset()
            declared = templates.parameters(templates.parse(artifact.template))
            unknown = sorted(parameters.keys() - declared.keys())
            if unknown:
                raise InvalidParametersError(
                    f"Parameters: [{', '.join(unknown)}] do not exist in the template"
                )
            values = {**dict.fromkeys(declared.keys() & had), **parameters}
            changed = dataclasses.replace(provisioned, artifact_id=artifact.id)
            record = self._start(changed, UPDATE)
            request = self._request(changed, artifact, values)
            return self._attempt(record, "UpdateStack", lambda: stacks.update(request))

    def terminate(self, provisioned_id: str, *, retain: bool = False) -> LaunchRecord:
        """Delete the stack of a launched product and, when it is gone, the product."""
        with self._lock:
            provisioned = self._idle(provisioned_id)
            record = self._start(provisioned, TERMINATE)
            name = provisioned.stack_name
            return self._attempt(record, "DeleteStack", lambda: stacks.delete(name, retain=retain))

    def provisioned(self, provisioned_id: str) -> ProvisionedProduct:
        """A launched product as it stands now.

        Raises:
            ResourceNotFoundError: no such launched product.
        """
        with self._lock:
            self._refresh(provisioned_id)
            if provisioned_id not in self._store.provisioned:
                raise ResourceNotFoundError(f"Provisioned product {provisioned_id} not found.")
            return self._store.provisioned[provisioned_id]

    def provisioned_by_name(self, name: str) -> ProvisionedProduct:
        """A launched product by its name, as it stands now."""
        found = self._by_name(name)
        if found is None:
            raise ResourceNotFoundError(f"Provisioned product {name} not found.")
        return self.provisioned(found.id)

    def all_provisioned(self) -> Iterator[ProvisionedProduct]:
        """Every launched product as it stands now, oldest first."""
        for provisioned_id in list(self._store.provisioned):
            self._refresh(provisioned_id)
        yield from sorted(self._store.provisioned.values(), key=lambda p: p.created_at)

    def record(self, record_id: str) -> LaunchRecord:
        """A record as it stands now.

        Raises:
            ResourceNotFoundError: no such record.
        """
        if record_id not in self._store.records:
            raise ResourceNotFoundError(f"Record {record_id} not found.")
        self._refresh(self._store.records[record_id].provisioned_product_id)
        return self._store.records[record_id]

    def _by_name(self, name: str) -> ProvisionedProduct | None:
        return next((p for p in self.all_provisioned() if p.name == name), None)

    def _idle(self, provisioned_id: str) -> ProvisionedProduct:
        provisioned = self.provisioned(provisioned_id)
        if provisioned.status == "UNDER_CHANGE":
            raise InvalidParametersError(
                f"Provisioned product {provisioned_id} is UNDER_CHANGE; wait until it is done."
            )
        return provisioned

    def _new(
        self, caller: Caller, launch: Launch, artifact: Artifact, path: Association
    ) -> ProvisionedProduct:
        product = self._store.products[launch.product_id]
        portfolio = self._store.portfolios[path.portfolio_id]
        provisioned_id = new_id("pp")
        return ProvisionedProduct(
            id=provisioned_id,
            name=launch.name,
            product_id=product.id,
            artifact_id=artifact.id,
            path_id=path.id,
            stack_name=f"SC-{get_account_id()}-{provisioned_id}",
            launch_role_arn=self._selection.launch_role(path),
            token=launch.token,
            user_arn=caller.arn,
            created_at=self._clock(),
            tags={**portfolio.tags, **product.tags, **launch.tags},
            status="UNDER_CHANGE",
        )

    def _start(self, provisioned: ProvisionedProduct, kind: str) -> LaunchRecord:
        now = self._clock()
        record = LaunchRecord(
            id=new_id("rec"),
            kind=kind,
            provisioned_product_id=provisioned.id,
            provisioned_product_name=provisioned.name,
            product_id=provisioned.product_id,
            artifact_id=provisioned.artifact_id,
            path_id=provisioned.path_id,
            launch_role_arn=provisioned.launch_role_arn,
            created_at=now,
            updated_at=now,
            status="IN_PROGRESS",
            tags=provisioned.tags,
        )
        self._store.records[record.id] = record
        last = provisioned.last_provisioning_record_id if kind == TERMINATE else record.id
        self._store.provisioned[provisioned.id] = dataclasses.replace(
            provisioned,
            status="UNDER_CHANGE",
            status_message="",
            last_record_id=record.id,
            last_provisioning_record_id=last,
        )
        return record

    def _attempt(self, record: LaunchRecord, action: str, act: Callable[[], None]) -> LaunchRecord:
        """Do it with the launch role; a refusal fails the record, as a failing stack would."""
        provisioned = self._store.provisioned[record.provisioned_product_id]
        problem = ""
        if record.launch_role_arn:
            resource = stacks.arn_pattern(provisioned.stack_name)
            questions = [(f"cloudformation:{action}", resource), *_always_asked(resource)]
            problems = (role_problem(record.launch_role_arn, *asked) for asked in questions)
            problem = next(filter(None, problems), "")
        try:
            if not problem:
                with acting_as(_launching(record)):
                    act()
        except stacks.StackUnchangedError:
            self._settle(record, provisioned, "SUCCEEDED", "AVAILABLE", "")
        except stacks.StackRefusedError as error:
            problem = str(error)
        if problem:
            # Only a first launch leaves nothing that runs; else the stack is as it was before.
            status = "ERROR" if record.kind == PROVISION else "TAINTED"
            self._settle(record, provisioned, "FAILED", status, problem)
        return record

    def _refresh(self, provisioned_id: str) -> None:
        with self._lock:
            provisioned = self._store.provisioned.get(provisioned_id)
            if provisioned is None or provisioned.status != "UNDER_CHANGE":
                return
            record = self._store.records[provisioned.last_record_id]
            stack = stacks.read(provisioned.stack_name)
            result = outcome(record.kind, stack)
            if result is None:
                return
            reason = "" if result.succeeded or stack is None else stacks.failure_reason(stack)
            if stack and result.succeeded:
                record = dataclasses.replace(record, outputs=stack.outputs)
            if result.gone:
                self._finish(record, "SUCCEEDED")
                del self._store.provisioned[provisioned_id]
                return
            self._settle(record, provisioned, result.record_status, result.status, reason)

    def _settle(
        self,
        record: LaunchRecord,
        provisioned: ProvisionedProduct,
        record_status: str,
        status: str,
        reason: str,
    ) -> None:
        self._finish(record, record_status, reason)
        last = record.id if record_status == "SUCCEEDED" else provisioned.last_successful_record_id
        self._store.provisioned[provisioned.id] = dataclasses.replace(
            provisioned, status=status, status_message=reason, last_successful_record_id=last
        )

    def _finish(self, record: LaunchRecord, status: str, reason: str = "") -> None:
        self._store.records[record.id] = dataclasses.replace(
            record,
            status=status,
            updated_at=self._clock(),
            error_code="ResourceFailure" if reason else "",
            error=reason,
        )

    def _request(
        self, provisioned: ProvisionedProduct, artifact: Artifact, values: dict[str, str | None]
    ) -> stacks.StackRequest:
        return stacks.StackRequest(
            name=provisioned.stack_name,
            artifact_id=artifact.id,
            parameters=values,
            tags=provisioned.tags,
        )


def _launching(record: LaunchRecord) -> ActingPrincipal:
    """CloudFormation works as the launch role: Service Catalog calls it in a session of that."""
    return ActingPrincipal(role_arn=record.launch_role_arn, session="servicecatalog")


def _always_asked(stack: str) -> list[tuple[str, str]]:
    """What a launch role needs for any operation.

    Source: Service Catalog administrator guide, "Step 6: Add a launch constraint to assign an IAM
    role".
    """
    of_stack = ("DescribeStackEvents", "DescribeStacks", "SetStackPolicy")
    of_template = ("GetTemplateSummary", "ValidateTemplate")
    return [
        *((f"cloudformation:{action}", stack) for action in of_stack),
        *((f"cloudformation:{action}", "*") for action in of_template),
    ]
