"""The stage that is deployed: everything of one account and region."""

from aws_cdk import Environment, Stage
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.service_catalog_stack import ServiceCatalogStack

_QUALIFIER = "@aws-cdk/core:bootstrapQualifier"


class CoreStage(Stage):
    """Stacks of one account and region; `dev` becomes `cdk.out/assembly-dev`."""

    def __init__(self, scope: Construct, id_: str, *, settings: Settings) -> None:
        super().__init__(
            scope,
            id_,
            env=Environment(account=settings.aws_account, region=settings.aws_region),
        )
        self.node.set_context(_QUALIFIER, settings.bootstrap_qualifier)
        ServiceCatalogStack(self, names.STACK, settings=settings)
