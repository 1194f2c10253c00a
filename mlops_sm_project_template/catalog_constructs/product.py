"""Portfolio and what is in it: what a data scientist finds under the organization's templates."""

from dataclasses import dataclass
from functools import cached_property

from aws_cdk import CfnParameter
from aws_cdk import aws_iam as iam
from aws_cdk import aws_servicecatalog as servicecatalog
from constructs import Construct


@dataclass(frozen=True)
class PortfolioSpec:
    """What the platform engineer may choose; the values are tokens of stack parameters."""

    name: CfnParameter
    owner: CfnParameter
    execution_role_arn: CfnParameter


class CatalogPortfolio(Construct):
    """Portfolio that the Studio execution roles may use."""

    def __init__(
        self, scope: Construct, id_: str, *, spec: PortfolioSpec, studio_roles: tuple[str, ...]
    ) -> None:
        super().__init__(scope, id_)
        self.portfolio = servicecatalog.Portfolio(
            self,
            "Portfolio",
            display_name=spec.name.value_as_string,
            provider_name=spec.owner.value_as_string,
            description="Templates for SageMaker projects",
        )
        self._give_access(self, "ExecutionRole", spec.execution_role_arn.value_as_string)
        for arn in studio_roles:
            # Named by the role, not its place: CloudFormation would give a role that moves up its
            # access anew, and then take it away.
            self._give_access(self._further, arn.partition(":role/")[2], arn)

    @cached_property
    def _further(self) -> Construct:
        return Construct(self, "StudioRoles")

    def _give_access(self, scope: Construct, id_: str, arn: str) -> None:
        # Service Catalog knows the role by its ARN; nothing is added to the role itself.
        self.portfolio.give_access_to_role(iam.Role.from_role_arn(scope, id_, arn, mutable=False))

    def offer(self, id_: str, *, product_id: str, launch_role: iam.IRole) -> None:
        """Put a product into the portfolio, to be launched with the launch role alone."""
        offered = Construct(self, id_)
        association = servicecatalog.CfnPortfolioProductAssociation(
            offered,
            "Association",
            portfolio_id=self.portfolio.portfolio_id,
            product_id=product_id,
        )
        servicecatalog.CfnLaunchRoleConstraint(
            offered,
            "LaunchRole",
            portfolio_id=self.portfolio.portfolio_id,
            product_id=product_id,
            role_arn=launch_role.role_arn,
        ).add_resource_dependency(association)
