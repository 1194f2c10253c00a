"""SageMaker projects: a Service Catalog launch with a name and an id of its own.

SageMaker adds the parameters SageMakerProjectName and SageMakerProjectId and the project's tags to
the launch. The status of a project is read off the launch whenever it is asked for.
Source: SageMaker API reference, CreateProject … ListProjects; developer guide, "Create custom
project templates".
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping

from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.catalog import templates
from rehearsal.aws.catalog.callers import access_levels, caller_of
from rehearsal.aws.catalog.errors import CatalogError
from rehearsal.aws.catalog.errors import ResourceNotFoundError as NotInCatalogError
from rehearsal.aws.catalog.provisioning import Launch, Provisioning
from rehearsal.aws.catalog.resources import CatalogStore, Project, Tags, new_id, product_arn
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.projects.project_records import description, project_arn, project_tags, summary
from rehearsal.aws.sagemaker.errors import AccessRefusedError, RequestRefusedError
from rehearsal.aws.sagemaker.paging import Listing
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers
from rehearsal.aws.service_kit.permissions import denial

_LISTING = Listing(name="ProjectName", order="Ascending")
_ID_LENGTH = 12
_HIDDEN = "****"
_NAME, _ID = "SageMakerProjectName", "SageMakerProjectId"
_DONE = {"Create": "CreateCompleted", "Update": "UpdateCompleted", "Delete": "DeleteCompleted"}


class Projects:
    """The rules of projects, over the catalog's store."""

    def __init__(
        self,
        store: CatalogStore,
        selection: Selection,
        provisioning: Provisioning,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._selection = selection
        self._provisioning = provisioning
        self._clock = clock

    @answers("CreateProject")
    def create(self, request: Record, caller: RequestContext) -> Record:
        """CreateProject."""
        name = request["ProjectName"]
        details = request.get("ServiceCatalogProvisioningDetails")
        if not details or request.get("TemplateProviders"):
            raise RequestRefusedError(
                "This rehearsal launches projects from Service Catalog; give "
                "ServiceCatalogProvisioningDetails and no TemplateProviders."
            )
        if name in self._store.projects:
            raise RequestRefusedError(f"Project name {name} already exists.")
        project_id = new_id("p", _ID_LENGTH)
        tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
        launch = _launch(name, project_id, details, tags)
        self._check_allowed(caller, "ProvisionProduct", launch.product_id)
        user, now = caller_of(caller.access_key_id), self._clock()
        with _catalog_errors_as_sagemakers():
            record = self._provisioning.provision(user, launch)
        self._store.projects[name] = Project(
            name=name,
            id=project_id,
            description=request.get("ProjectDescription", ""),
            product_id=record.product_id,
            artifact_id=record.artifact_id,
            path_id=record.path_id,
            parameters=self._shown(record.artifact_id, _given(details)),
            tags=tags,
            provisioned_product_id=record.provisioned_product_id,
            record_id=record.id,
            status="CreateInProgress",
            status_message="",
            created_at=now,
            modified_at=now,
            created_by=user.arn,
        )
        return {"ProjectArn": project_arn(name), "ProjectId": project_id}

    @answers("DescribeProject")
    def describe(self, request: Record, _caller: RequestContext) -> Record:
        """DescribeProject."""
        return description(self._project(request["ProjectName"]))

    @answers("UpdateProject")
    def update(self, request: Record, caller: RequestContext) -> Record:
        """UpdateProject."""
        project = self._idle(request["ProjectName"])
        self._check_allowed(caller, "UpdateProvisionedProduct", project.product_id, project)
        if request.get("TemplateProvidersToUpdate"):
            raise RequestRefusedError(
                "This rehearsal launches projects from Service Catalog; give "
                "ServiceCatalogProvisioningUpdateDetails and no TemplateProvidersToUpdate."
            )
        description = request.get("ProjectDescription", project.description)
        project = dataclasses.replace(project, description=description)
        details = request.get("ServiceCatalogProvisioningUpdateDetails")
        if details is not None:
            project = self._relaunch(project, details)
        self._store.projects[project.name] = project
        return {"ProjectArn": project_arn(project.name)}

    @answers("DeleteProject")
    def delete(self, request: Record, caller: RequestContext) -> Record:
        """DeleteProject; repeatable after a failure."""
        project = self._idle(request["ProjectName"])
        self._check_allowed(caller, "TerminateProvisionedProduct", "", project)
        try:
            record = self._provisioning.terminate(project.provisioned_product_id)
        except NotInCatalogError:
            del self._store.projects[project.name]  # somebody terminated it in Service Catalog
            return {}
        self._store.projects[project.name] = self._begun(project, "DeleteInProgress", record.id)
        return {}

    @answers("ListProjects")
    def list(self, request: Record, _caller: RequestContext) -> Record:
        """ListProjects."""
        projects = [self._refreshed(project) for project in list(self._store.projects.values())]
        page, more = _LISTING.page([summary(each) for each in projects if each], request)
        return {"ProjectSummaryList": page, **more}

    def _check_allowed(
        self, caller: RequestContext, action: str, product_id: str, project: Project | None = None
    ) -> None:
        """SageMaker calls Service Catalog with the permissions of its own caller."""
        resource = product_arn(get_account_id(), get_region(), product_id) if product_id else "*"
        launched_by = project.created_by if project else ""
        levels = access_levels(caller_of(caller.access_key_id), launched_by) if project else {}
        problem = denial(caller.access_key_id, f"servicecatalog:{action}", resource, levels)
        if problem:
            raise AccessRefusedError(problem)

    def _project(self, name: str) -> Project:
        project = self._store.projects.get(name)
        current = self._refreshed(project) if project else None
        if current is None:
            raise RequestRefusedError(f"Project {name} does not exist.")
        return current

    def _idle(self, name: str) -> Project:
        project = self._project(name)
        if project.status.endswith("InProgress"):
            raise RequestRefusedError(
                f"Project {name} is in status {project.status}; wait until it is done."
            )
        return project

    def _relaunch(self, project: Project, details: Record) -> Project:
        given = _given(details)
        artifact_id = details.get("ProvisioningArtifactId", "")
        with _catalog_errors_as_sagemakers():
            record = self._provisioning.update(
                project.provisioned_product_id, artifact_id, dict(given)
            )
        shown = {**project.parameters, **self._shown(record.artifact_id, given)}
        changed = dataclasses.replace(project, artifact_id=record.artifact_id, parameters=shown)
        return self._begun(changed, "UpdateInProgress", record.id)

    def _begun(self, project: Project, status: str, record_id: str) -> Project:
        return dataclasses.replace(
            project,
            status=status,
            status_message="",
            record_id=record_id,
            modified_at=self._clock(),
        )

    def _refreshed(self, project: Project) -> Project | None:
        """The project as it stands now; None when its deletion is done."""
        if not project.status.endswith("InProgress"):
            return project
        record = self._provisioning.record(project.record_id)
        if record.status not in ("SUCCEEDED", "FAILED"):
            return project
        action = project.status.removesuffix("InProgress")
        succeeded = record.status == "SUCCEEDED"
        if succeeded and action == "Delete":
            self._store.projects.pop(project.name, None)
            return None
        changed = dataclasses.replace(
            project,
            status=_DONE[action] if succeeded else f"{action}Failed",
            status_message=record.error,
            modified_at=record.updated_at,
        )
        self._store.projects[project.name] = changed
        return changed

    def _shown(self, artifact_id: str, given: Mapping[str, str]) -> Tags:
        """Parameters as they may be shown: values of NoEcho parameters are not kept."""
        template = templates.parse(self._selection.template_of(artifact_id))
        declared = templates.parameters(template)
        return {
            key: _HIDDEN if templates.is_secret(declared[key]) else value
            for key, value in given.items()
        }


def _launch(name: str, project_id: str, details: Record, tags: Tags) -> Launch:
    return Launch(
        product_id=details["ProductId"],
        artifact_id=details.get("ProvisioningArtifactId", ""),
        path_id=details.get("PathId", ""),
        name=f"{name}-{project_id}",
        parameters={**_given(details), _NAME: name, _ID: project_id},
        tags={**tags, **project_tags(name, project_id)},
        token=project_id,
    )


def _given(details: Record) -> Tags:
    """The parameters of a request, without those that SageMaker sets."""
    given = {p["Key"]: p.get("Value", "") for p in details.get("ProvisioningParameters", [])}
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
