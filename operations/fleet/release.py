"""Brings one project to a version of its product; every parameter keeps its value.

Source: Service Catalog API reference, UpdateProvisionedProduct (UsePreviousValue) and
DescribeRecord. SageMaker's UpdateProject knows no previous value, so that it would need the token.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.errors import ReleaseFailedError
from operations.fleet.catalog import BUSY, Launched, Version

_PAUSE_SECONDS = 5.0
# Functions and CloudFormation give up after less than two hours.
_LOOKS = 1500
# Parameters whose default is for new projects, and what leaves those that are there as they are.
_KEEPS = {"EncryptionKey": "own"}
_UNDER_WAY = ("CREATED", "IN_PROGRESS", "IN_PROGRESS_IN_ERROR")


@dataclass(frozen=True)
class Release:
    """What brings projects on.

    Args:
        catalog: boto3 client of Service Catalog.
        cloudformation: boto3 client.
        look_again: how a project is by now; None if it is gone.
        token: makes a text that no other request has.
        sleep: waits for seconds.
    """

    catalog: Any
    cloudformation: Any
    look_again: Callable[[Launched], Launched | None]
    token: Callable[[], str]
    sleep: Callable[[float], None]

    def update(self, project: Launched, version: Version) -> None:
        """Bring a project to a version, and wait for its end; one that is under way is awaited.

        Args:
            project: as it was when somebody agreed, perhaps long ago.
            version: that it is to get.

        Raises:
            ReleaseFailedError: it did not get there; says why.
        """
        now = self.look_again(project)
        if now is None:
            raise ReleaseFailedError("somebody deleted it since this command looked")
        if now.is_at(version):
            return
        if now.status in BUSY and self._ended(now.record_id)[1] == version.id:
            return
        if now.record_id != project.record_id:
            raise ReleaseFailedError("somebody else changed it since this command looked")
        record = self.catalog.update_provisioned_product(
            ProvisionedProductId=project.provisioned_id,
            ProductId=project.product_id,
            ProvisioningArtifactId=version.id,
            ProvisioningParameters=self.parameters(project, version).given,
            UpdateToken=self.token(),
        )["RecordDetail"]
        why, _ = self._ended(record["RecordId"])
        if why:
            raise ReleaseFailedError(why)

    def parameters(self, project: Launched, version: Version) -> "Parameters":
        """Compare the parameters of a project's stack with those of a version."""
        (stack,) = self.cloudformation.describe_stacks(StackName=project.stack)["Stacks"]
        told = self.catalog.describe_provisioning_artifact(
            ProductId=project.product_id,
            ProvisioningArtifactId=version.id,
            IncludeProvisioningArtifactParameters=True,
        )
        known = frozenset(one["ParameterKey"] for one in stack.get("Parameters", []))
        taken = frozenset(one["ParameterKey"] for one in told["ProvisioningArtifactParameters"])
        return Parameters(known, taken)

    def _ended(self, record_id: str) -> tuple[str, str]:
        """Why an operation failed, empty if it did not, and the id of its version."""
        for record in self._looks(record_id):
            if record["Status"] not in _UNDER_WAY:
                errors = [error["Description"] for error in record.get("RecordErrors", [])]
                why = "" if record["Status"] == "SUCCEEDED" else "; ".join(errors) or "no reason"
                return why, "" if why else str(record["ProvisioningArtifactId"])
        raise ReleaseFailedError("it did not end within two hours; look at it in Service Catalog")

    def _looks(self, record_id: str) -> Iterator[Mapping[str, Any]]:
        for _ in range(_LOOKS):
            yield self.catalog.describe_record(Id=record_id)["RecordDetail"]
            self.sleep(_PAUSE_SECONDS)


@dataclass(frozen=True)
class Parameters:
    """The names of parameters, of a stack and of the version that it is brought to."""

    known: frozenset[str]
    taken: frozenset[str]

    @property
    def kept(self) -> list[dict[str, Any]]:
        """Those that keep their values, as Service Catalog is asked for it."""
        return [{"Key": name, "UsePreviousValue": True} for name in sorted(self.known & self.taken)]

    @property
    def keeping(self) -> dict[str, str]:
        """Those that a project has not had yet, with the values that change nothing of it."""
        return {name: value for name, value in _KEEPS.items() if name in self.taken - self.known}

    @property
    def given(self) -> list[dict[str, Any]]:
        """What an update says, in Service Catalog's words."""
        return [*self.kept, *({"Key": key, "Value": value} for key, value in self.keeping.items())]

    @property
    def added(self) -> list[str]:
        """Those that get the default of the version."""
        return sorted(self.taken - self.known - self.keeping.keys())

    @property
    def removed(self) -> list[str]:
        """Those that the version does not know."""
        return sorted(self.known - self.taken)
