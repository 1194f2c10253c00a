"""What removes the endpoints of a project before the roles go that CloudFormation needs for it."""

from collections.abc import Sequence
from typing import Any

from constructs import Construct

from mlops_sm_project_template.templates.pipeline_constructs.data_function import ask_data_function
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)


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
        self.removal = ask_data_function(
            self,
            "Removal",
            resource_type="Custom::ProjectEndpoints",
            properties={
                "ProjectId": parameters.project_id,
                "StackNames": list(stack_names),
                # So that they are deleted later: of a role that may not be there, nothing depends.
                "Roles": list(roles),
            },
        )
