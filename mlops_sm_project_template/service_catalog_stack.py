"""The registration stack: it wires constructs and holds no policies."""

from aws_cdk import CfnOutput, CfnParameter, Stack
from aws_cdk import aws_servicecatalog as servicecatalog
from constructs import Construct

from mlops_sm_project_template.acknowledged_findings import acknowledge_findings
from mlops_sm_project_template.catalog_constructs.alarm_topic import notify_topic
from mlops_sm_project_template.catalog_constructs.launch_role import LaunchRole
from mlops_sm_project_template.catalog_constructs.product import CatalogPortfolio, PortfolioSpec
from mlops_sm_project_template.catalog_constructs.project_boundary import ProjectBoundary
from mlops_sm_project_template.catalog_constructs.sagemaker_events import SagemakerEvents
from mlops_sm_project_template.catalog_constructs.seed_assets import SeedAssets
from mlops_sm_project_template.catalog_constructs.shared_functions import SharedFunctions
from mlops_sm_project_template.catalog_constructs.token_check import TokenCheck
from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.templates import PRODUCTS


class ServiceCatalogStack(Stack):
    """Registers the products in Service Catalog, with the functions that all projects share."""

    def __init__(self, scope: Construct, id_: str, *, settings: Settings) -> None:
        super().__init__(
            scope,
            id_,
            stack_name=names.STACK,
            description="SageMaker project templates in Service Catalog",
        )
        assets = SeedAssets(self, "Assets")
        functions = SharedFunctions(self, "Functions", assets=assets, settings=settings)
        sagemaker_events = SagemakerEvents(self, "Events", dispatch=functions.dispatch)
        TokenCheck(self, "TokenCheck", function=functions.tokens)
        ProjectBoundary(self, "Boundary")
        launch_role = LaunchRole(self, "Launch").role
        catalog = CatalogPortfolio(self, "Catalog", spec=self._portfolio_parameters())
        version = self._text("ProductVersion", "1.0", "Version of the products")
        for product_stack in PRODUCTS:
            product = catalog.offer(
                product_stack.__name__,
                name=product_stack.PRODUCT_NAME,
                template=product_stack(
                    self,
                    f"{product_stack.__name__}Template",
                    settings=settings,
                    build_seed=assets.build_app,
                    deploy_seed=assets.deploy_app,
                ),
                version=version,
                launch_role=launch_role,
            )
            self._describe(product_stack.__name__, product)
        CfnOutput(self, "PortfolioId", value=catalog.portfolio.portfolio_id)
        CfnOutput(self, "DispatchFailuresQueueUrl", value=functions.dispatch_failures.url)
        CfnOutput(self, "UndeliveredQueueUrl", value=sagemaker_events.undelivered.url)
        notify_topic(self)
        acknowledge_findings(self)

    def _portfolio_parameters(self) -> PortfolioSpec:
        return PortfolioSpec(
            name=self._text(
                "PortfolioName", "SageMaker Organization Templates", "Name of the portfolio"
            ),
            owner=self._text("PortfolioOwner", "administrator", "Owner of portfolio and products"),
            execution_role_arn=CfnParameter(
                self,
                "ExecutionRoleArn",
                type="AWS::SSM::Parameter::Value<String>",
                default=names.EXECUTION_ROLE_PARAMETER,
                description="SSM parameter with the ARN of the Studio execution role",
            ),
        )

    def _text(self, name: str, default: str, description: str) -> CfnParameter:
        return CfnParameter(
            self, name, type="String", default=default, description=description, min_length=1
        )

    def _describe(self, id_: str, product: servicecatalog.CloudFormationProduct) -> None:
        CfnOutput(self, f"{id_}ProductId", value=product.product_id)
