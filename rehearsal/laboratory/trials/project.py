"""A project under trial: launched, updated and deleted as its users do it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import ClientError

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import ACCOUNT
from rehearsal.conductor.errors import TookTooLongError
from rehearsal.conductor.studio_tags import studio_tags
from rehearsal.conductor.waiting import look_until_found
from rehearsal.laboratory.trials.ground import USER_AGENT
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.request_points import RequestPoint, find_points

Outcome = TypeVar("Outcome")
_GONE = ("ValidationException", "ResourceNotFound", "ResourceNotFoundException")


@dataclass(frozen=True)
class Ending:
    """How an operation ended, in the words of the service that was asked for it."""

    status: str
    reason: str
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether what was asked for was done."""
        return self.status in ("CreateCompleted", "AVAILABLE", "DeleteCompleted")


class TrialProject:
    """One project in one lane; its name is free again after a deletion."""

    def __init__(self, lane: Lane, name: str) -> None:
        """Choose a name; the lane's user will own the repositories."""
        self.lane = lane
        self._ground = lane.ground
        self._sagemaker = lane.sagemaker
        self._catalog = lane.catalog
        self.login = lane.login
        self.name = name
        self.id = ""
        self.provisioned_id = ""

    @property
    def repositories(self) -> tuple[str, str]:
        """Full names of the build and the deploy repository."""
        build, deploy = names.build_repository(self.name), names.deploy_repository(self.name)
        return f"{self.login}/{build}", f"{self.login}/{deploy}"

    @property
    def stack_name(self) -> str:
        """The stack that Service Catalog launched."""
        return f"SC-{ACCOUNT}-{self.provisioned_id}"

    def launch(self, *, seconds: float = 600, **parameters: str) -> Ending:
        """CreateProject, and wait for its end."""
        self.begin_launch(**parameters)
        return self.await_launch(seconds=seconds)

    def begin_launch(self, **parameters: str) -> None:
        """CreateProject."""
        given = {
            "GithubUserName": self.login,
            "GithubAccessToken": self.lane.token,
            "RepositoriesOnDelete": "delete",
            "DataOnDelete": "delete",
            **parameters,
        }
        answer = self._sagemaker.create_project(
            ProjectName=self.name,
            ServiceCatalogProvisioningDetails={
                "ProductId": self._ground.product_id,
                "ProvisioningArtifactId": self._ground.first_version,
                "ProvisioningParameters": [{"Key": k, "Value": v} for k, v in given.items()],
            },
            Tags=studio_tags(self.login),
        )
        self.id = answer["ProjectId"]

    def await_launch(self, *, seconds: float) -> Ending:
        """Wait until a begun launch has ended."""
        return self._wait("launch", self.look_at_launch, seconds)

    def look_at_launch(self) -> tuple[str, str] | None:
        """Status and reason of a begun launch; None while it goes on."""
        project = self._sagemaker.describe_project(ProjectName=self.name)
        details = project.get("ServiceCatalogProvisionedProductDetails", {})
        self.provisioned_id = details.get("ProvisionedProductId", "")
        if project["ProjectStatus"] not in ("CreateCompleted", "CreateFailed"):
            return None
        return project["ProjectStatus"], details.get("ProvisionedProductStatusMessage", "")

    def update(self, *, version: str = "", seconds: float = 600, **parameters: str) -> Ending:
        """UpdateProvisionedProduct, to the second version if none is named; wait for its end."""
        self._catalog.update_provisioned_product(
            ProvisionedProductId=self.provisioned_id,
            ProductId=self._ground.product_id,
            ProvisioningArtifactId=version or self._ground.second_version,
            ProvisioningParameters=[{"Key": k, "Value": v} for k, v in parameters.items()],
            UpdateToken=f"update-{time.monotonic_ns()}",
        )

        def look() -> tuple[str, str] | None:
            found = self._catalog.describe_provisioned_product(Id=self.provisioned_id)
            detail = found["ProvisionedProductDetail"]
            if detail["Status"] == "UNDER_CHANGE":
                return None
            return detail["Status"], detail.get("StatusMessage", "")

        return self._wait("update", look, seconds)

    def delete(self, *, seconds: float = 600) -> Ending:
        """DeleteProject, and wait for its end."""
        self._sagemaker.delete_project(ProjectName=self.name)

        def look() -> tuple[str, str] | None:
            try:
                project = self._sagemaker.describe_project(ProjectName=self.name)
            except ClientError as error:
                if error.response["Error"]["Code"] in _GONE:
                    return "DeleteCompleted", ""
                raise
            if project["ProjectStatus"] not in ("DeleteCompleted", "DeleteFailed"):
                return None
            details = project.get("ServiceCatalogProvisionedProductDetails", {})
            return project["ProjectStatus"], details.get("ProvisionedProductStatusMessage", "")

        return self._wait("deletion", look, seconds)

    def list_points(
        self, operation: str, work: Callable[[], Outcome]
    ) -> tuple[Outcome, list[RequestPoint]]:
        """Work on the project, and list the requests that the functions make meanwhile."""
        control = self._ground.world.github_control
        asked = control.requests()
        outcome = work()
        made = control.requests(agent=USER_AGENT, since=asked[-1]["number"] if asked else 0)
        return outcome, find_points(operation, made, login=self.login, name=self.name)

    def meet_fault(
        self, fault: str, point: RequestPoint, work: Callable[[], Outcome]
    ) -> tuple[Outcome, bool]:
        """Work on the project while a fault waits for a request; tell whether it met it."""
        control = self._ground.world.github_control
        set_ = control.set_fault(
            fault=fault,
            method=point.method,
            path=point.pattern(login=self.login, name=self.name),
            agent=USER_AGENT,
            login=self.login,
            nth=point.nth,
        )
        outcome = work()
        (now,) = (listed for listed in control.faults() if listed["id"] == set_["id"])
        control.remove_fault(set_["id"])
        return outcome, now["hits"] > 0

    def _wait(
        self, what: str, look: Callable[[], tuple[str, str] | None], seconds: float
    ) -> Ending:
        began = time.monotonic()
        found = look_until_found(look, seconds=seconds)
        if found is None:
            raise TookTooLongError(
                f"The {what} of {self.name} did not end within {seconds:.0f} s.",
                log=self._ground.world.logs / "aws.log",
            )
        return Ending(*found, time.monotonic() - began)
