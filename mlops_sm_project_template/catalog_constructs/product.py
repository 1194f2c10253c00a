"""Portfolio and product: what a data scientist finds under the organization's templates."""

from dataclasses import dataclass

from aws_cdk import CfnParameter, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_servicecatalog as servicecatalog
from constructs import Construct

from mlops_sm_project_template.config import names


@dataclass(frozen=True)
class PortfolioSpec:
    """What the platform engineer may choose; the values are tokens of stack parameters."""

    name: CfnParameter
    owner: CfnParameter
    execution_role_arn: CfnParameter


class CatalogPortfolio(Construct):
    """Portfolio that the Studio execution role may use."""

    def __init__(self, scope: Construct, id_: str, *, spec: PortfolioSpec) -> None:
        super().__init__(scope, id_)
        self._owner = spec.owner.value_as_string
        self.portfolio = servicecatalog.Portfolio(
            self,
            "Portfolio",
            display_name=spec.name.value_as_string,
            provider_name=self._owner,
            description="Templates for SageMaker projects",
        )
        # Service Catalog knows the role by its ARN; nothing is added to the role itself.
        execution_role = iam.Role.from_role_arn(
            self, "ExecutionRole", spec.execution_role_arn.value_as_string, mutable=False
        )
        self.portfolio.give_access_to_role(execution_role)

    def offer(
        self,
        id_: str,
        *,
        name: str,
        template: servicecatalog.ProductStack,
        version: CfnParameter,
        launch_role: iam.IRole,
    ) -> servicecatalog.CloudFormationProduct:
        """Put a product into the portfolio, to be launched with the launch role alone."""
        product = servicecatalog.CloudFormationProduct(
            self,
            id_,
            product_name=name,
            owner=self._owner,
            description=template.template_options.description,
            product_versions=[
                servicecatalog.CloudFormationProductVersion(
                    product_version_name=version.value_as_string,
                    cloud_formation_template=(
                        servicecatalog.CloudFormationTemplate.from_product_stack(template)
                    ),
                )
            ],
        )
        Tags.of(product).add(names.STUDIO_VISIBILITY_TAG, "true")
        self.portfolio.add_product(product)
        self.portfolio.set_launch_role(product, launch_role)
        return product
