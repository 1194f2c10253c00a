"""Projects in the shapes of SageMaker's API, and the names that AWS derives from them."""

from __future__ import annotations

from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.catalog.resources import Project, Tags
from rehearsal.aws.service_kit.operations import Record


def project_arn(name: str) -> str:
    """ARN of a project."""
    return f"arn:aws:sagemaker:{get_region()}:{get_account_id()}:project/{name}"


def project_tags(name: str, project_id: str) -> Tags:
    """Tags that SageMaker puts on everything of a project."""
    return {
        "sagemaker:project-name": name,
        "sagemaker:project-id": project_id,
        "sagemaker:project-arn": project_arn(name),
    }


def summary(project: Project) -> Record:
    """A project in lists."""
    return {
        "ProjectName": project.name,
        "ProjectDescription": project.description or None,
        "ProjectArn": project_arn(project.name),
        "ProjectId": project.id,
        "CreationTime": project.created_at,
        "ProjectStatus": project.status,
    }


def description(project: Project) -> Record:
    """What DescribeProject answers."""
    parameters = [{"Key": key, "Value": value} for key, value in project.parameters.items()]
    return {
        **summary(project),
        "ServiceCatalogProvisioningDetails": {
            "ProductId": project.product_id,
            "ProvisioningArtifactId": project.artifact_id,
            "PathId": project.path_id,
            "ProvisioningParameters": parameters,
        },
        "ServiceCatalogProvisionedProductDetails": {
            "ProvisionedProductId": project.provisioned_product_id,
            "ProvisionedProductStatusMessage": project.status_message or None,
        },
        "LastModifiedTime": project.modified_at,
        "CreatedBy": {"IamIdentity": {"Arn": project.created_by}},
    }
