"""SageMaker projects: a Service Catalog launch with a name and an id of its own.

SageMaker adds the parameters SageMakerProjectName and SageMakerProjectId and the project's tags to
the launch. The status of a project is read off the launch whenever it is asked for.
Source: SageMaker API reference, CreateProject … ListProjects; developer guide, "Create custom
project templates".
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.catalog import templates
from rehearsal.aws.catalog.authorization import resource_arn
from rehearsal.aws.catalog.callers import Caller, access_levels, caller_of
from rehearsal.aws.catalog.errors import CatalogError
from rehearsal.aws.catalog.errors import ResourceNotFoundError as NotInCatalogError
from rehearsal.aws.catalog.provisioning import Provisioning
from rehearsal.aws.catalog.resources import CatalogStore, new_id
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.sagemaker.errors import AccessRefusedError, RequestRefusedError
from rehearsal.aws.sagemaker.paging import Listing
from rehearsal.aws.service_kit.key_values import items_of, mapping_of
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers
from rehearsal.aws.service_kit.permissions import denial

_LISTING = Listing(name="ProjectName", order="Ascending")
_ID_LENGTH = 12
_HIDDEN = "****"
_NAME, _ID = "SageMakerProjectName", "SageMakerProjectId"
_DETAILS, _LAUNCHED = "ServiceCatalogProvisioningDetails", "ServiceCatalogProvisionedProductDetails"
_PARAMETERS = "ProvisioningParameters"


class Projects:
    """The rules of projects, over the catalog's store."""

    def __init__(
        self, store: CatalogStore, selection: Selection, provisioning: Provisioning
    ) -> None:
        self._store = store
        self._selection = selection
        self._provisioning = provisioning

    @answers("CreateProject")
    def create(self, request: Record, caller: RequestContext) -> Record:
        """CreateProject."""
        name, details = request["ProjectName"], request.get(_DETAILS)
        if not details or request.get("TemplateProviders"):
            raise RequestRefusedError(
                "This rehearsal launches projects from Service Catalog; give "
                "ServiceCatalogProvisioningDetails and no TemplateProviders."
            )
        if name in self._store.projects:
            raise RequestRefusedError(f"Project name {name} already exists.")
        project_id, given = new_id("p", _ID_LENGTH), _given(details)
        user = caller_of(caller.access_key_id)
        place = f"{get_region()}:{get_account_id()}"
        project = {
            "ProjectName": name,
            "ProjectId": project_id,
            "ProjectArn": f"arn:aws:sagemaker:{place}:project/{name}",
            "ProjectDescription": request.get("ProjectDescription"),
            "CreatedBy": _identity(user),
        }
        self._check_allowed(caller, "ProvisionProduct", details["ProductId"])
        with _catalog_errors_as_sagemakers():
            record = self._provisioning.provision(_launch(project, request, given), user)
        project["CreationTime"] = record["CreatedTime"]
        return self._put(self._with_details(project, record, given), "CreateInProgress", record)

    @answers("DescribeProject")
    def describe(self, request: Record, _caller: RequestContext) -> Record:
        """DescribeProject."""
        return self._project(request["ProjectName"])

    @answers("UpdateProject")
    def update(self, request: Record, caller: RequestContext) -> Record:
        """UpdateProject."""
        project = self._idle(request["ProjectName"])
        self._check_allowed(caller, "UpdateProvisionedProduct", project=project)
        if request.get("TemplateProvidersToUpdate"):
            raise RequestRefusedError(
                "This rehearsal launches projects from Service Catalog; give "
                "ServiceCatalogProvisioningUpdateDetails and no TemplateProvidersToUpdate."
            )
        project = {**project, "LastModifiedBy": _identity(caller_of(caller.access_key_id))}
        if "ProjectDescription" in request:
            project = {**project, "ProjectDescription": request["ProjectDescription"]}
        details = request.get("ServiceCatalogProvisioningUpdateDetails")
        if details is None:
            self._store.projects[project["ProjectName"]] = project
            return project
        given, provisioned_id = _given(details), project[_LAUNCHED]["ProvisionedProductId"]
        with _catalog_errors_as_sagemakers():
            record = self._provisioning.update(provisioned_id, details)
        return self._put(self._with_details(project, record, given), "UpdateInProgress", record)

    @answers("DeleteProject")
    def delete(self, request: Record, caller: RequestContext) -> Record:
        """DeleteProject; repeatable after a failure."""
        project = self._idle(request["ProjectName"])
        self._check_allowed(caller, "TerminateProvisionedProduct", project=project)
        try:
            record = self._provisioning.terminate(project[_LAUNCHED]["ProvisionedProductId"])
        except NotInCatalogError:
            del self._store.projects[project["ProjectName"]]  # terminated in Service Catalog
            return {}
        return self._put(project, "DeleteInProgress", record)

    @answers("ListProjects")
    def list(self, request: Record, _caller: RequestContext) -> Record:
        """ListProjects."""
        projects = [self._refreshed(project) for project in self._store.projects.values()]
        page, more = _LISTING.page(filter(None, projects), request)
        return {"ProjectSummaryList": page, **more}

    def _check_allowed(
        self,
        caller: RequestContext,
        action: str,
        product_id: str = "",
        project: Record | None = None,
    ) -> None:
        """SageMaker calls Service Catalog with the permissions of its own caller."""
        request = {"ProductId": product_id}
        resource = resource_arn(action, request, get_account_id(), get_region())
        launched_by = project["CreatedBy"]["IamIdentity"]["Arn"] if project else ""
        levels = access_levels(caller_of(caller.access_key_id), launched_by) if project else {}
        problem = denial(caller.access_key_id, f"servicecatalog:{action}", resource, levels)
        if problem:
            raise AccessRefusedError(problem)

    def _project(self, name: str) -> Record:
        project = self._store.projects.get(name)
        current = self._refreshed(project) if project else None
        if current is None:
            raise RequestRefusedError(f"Project {name} does not exist.")
        return current

    def _idle(self, name: str) -> Record:
        project = self._project(name)
        status = project["ProjectStatus"]
        if status.endswith("InProgress"):
            raise RequestRefusedError(
                f"Project {name} is in status {status}; wait until it is done."
            )
        return project

    def _refreshed(self, project: Record) -> Record | None:
        """The project as it stands now; None when its deletion is done."""
        if not project["ProjectStatus"].endswith("InProgress"):
            return project
        record = self._provisioning.record(project["_record"])
        if record["Status"] not in ("SUCCEEDED", "FAILED"):
            return project
        action = project["ProjectStatus"].removesuffix("InProgress")
        if record["Status"] == "FAILED":
            return self._put(project, f"{action}Failed", record)
        if action == "Delete":
            self._store.projects.pop(project["ProjectName"], None)
            return None
        return self._put(project, f"{action}Completed", record)

    def _put(self, project: Record, status: str, record: Record) -> Record:
        """Keep a project with its status and what a launch tells of it."""
        errors = record["RecordErrors"]
        changed = self._store.projects[project["ProjectName"]] = {
            **project,
            "ProjectStatus": status,
            "LastModifiedTime": record["UpdatedTime"],
            _LAUNCHED: {
                "ProvisionedProductId": record["ProvisionedProductId"],
                "ProvisionedProductStatusMessage": errors[0]["Description"] if errors else None,
            },
            "_record": record["RecordId"],
        }
        return changed

    def _with_details(self, project: Record, record: Record, given: Mapping[str, str]) -> Record:
        """A project with its parameters as they may be shown: no values of NoEcho parameters."""
        template = self._selection.template_of(record["ProvisioningArtifactId"])
        declared = templates.parameters(template)
        shown = mapping_of(project.get(_DETAILS, {}).get(_PARAMETERS))
        for key, value in given.items():
            shown[key] = _HIDDEN if templates.is_secret(declared[key]) else value
        ids = ("ProductId", "PathId", "ProvisioningArtifactId")
        details = {**{name: record[name] for name in ids}, _PARAMETERS: items_of(shown)}
        return {**project, _DETAILS: details}


def _launch(project: Record, request: Record, given: Mapping[str, str]) -> Record:
    """The request of the launch, in the shape of Service Catalog's API."""
    name, project_id = project["ProjectName"], project["ProjectId"]
    tags = {
        **mapping_of(request.get("Tags")),
        "sagemaker:project-name": name,
        "sagemaker:project-id": project_id,
        "sagemaker:project-arn": project["ProjectArn"],
    }
    return {
        **request[_DETAILS],
        "ProvisionedProductName": f"{name}-{project_id}",
        "ProvisionToken": project_id,
        _PARAMETERS: items_of({**given, _NAME: name, _ID: project_id}),
        "Tags": items_of(tags),
    }


def _identity(caller: Caller) -> Record:
    """The UserContext of whoever calls, by the credentials alone."""
    return {"IamIdentity": {"Arn": caller.arn}}


def _given(details: Record) -> dict[str, str]:
    """The parameters of a request, without those that SageMaker sets."""
    given = mapping_of(details.get(_PARAMETERS))
    own = sorted({_NAME, _ID} & given.keys())
    if own:
        raise RequestRefusedError(f"{', '.join(own)} is set by SageMaker; leave it out.")
    return given


@contextlib.contextmanager
def _catalog_errors_as_sagemakers() -> Iterator[None]:
    """Service Catalog's refusals reach the caller as SageMaker's own."""
    try:
        yield
    except CatalogError as error:
        raise RequestRefusedError(error.message) from error
