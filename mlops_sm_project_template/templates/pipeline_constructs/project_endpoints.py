"""What removes the endpoints of a project before the roles go that CloudFormation needs for it."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import CustomResource, Duration
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)

_SERVICE_TIMEOUT_SECONDS = 3600


class ProjectEndpoints(Construct):
    """Deletes the stacks that the deploy workflow made, which are no part of the project's stack.

    A running endpoint is most of what a project costs. Without its roles it could be deleted by
    nobody but an administrator.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        parameters: ProjectParameters,
        stack_names: Sequence[Any],
        roles: Sequence[Any],
    ) -> None:
        super().__init__(scope, id_)
        self.removal = CustomResource(
            self,
            "Removal",
            resource_type="Custom::ProjectEndpoints",
            service_token=arns.regional("lambda", f"function:{names.DATA_FUNCTION}"),
            service_timeout=Duration.seconds(_SERVICE_TIMEOUT_SECONDS),
            properties={
                "ProjectId": parameters.project_id,
                "StackNames": list(stack_names),
                # So that they are deleted later: of a role that may not be there, nothing depends.
                "Roles": list(roles),
            },
        )
