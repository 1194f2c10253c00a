"""The registration stack: it wires constructs and holds no policies."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, CfnParameter, CfnResource, Stack, Tags
from constructs import Construct

from mlops_sm_project_template.acknowledged_findings import acknowledge_findings
from mlops_sm_project_template.catalog_constructs.alarm_topic import AlarmTopic
from mlops_sm_project_template.catalog_constructs.daily_look import DailyLook
from mlops_sm_project_template.catalog_constructs.duty_policies import DutyPolicies
from mlops_sm_project_template.catalog_constructs.launch_role import LaunchRole
from mlops_sm_project_template.catalog_constructs.product import CatalogPortfolio, PortfolioSpec
from mlops_sm_project_template.catalog_constructs.product_versions import (
    ProductSpec,
    ProductVersions,
)
from mlops_sm_project_template.catalog_constructs.project_boundary import ProjectBoundary
from mlops_sm_project_template.catalog_constructs.sagemaker_events import SagemakerEvents
from mlops_sm_project_template.catalog_constructs.seed_assets import SeedAssets
from mlops_sm_project_template.catalog_constructs.shared_functions import SharedFunctions
from mlops_sm_project_template.catalog_constructs.shared_key import SharedKey
from mlops_sm_project_template.catalog_constructs.stages_alarm import StagesAlarm
from mlops_sm_project_template.company_role_properties import follow_company
from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.encryption_key import SHARED
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.tag_list import tag_list
from mlops_sm_project_template.templates import PRODUCTS
from mlops_sm_project_template.templates.basic_project_stack import BasicProjectStack

_TAGGED_RAW = ("AWS::DynamoDB::Table", "AWS::Lambda::Function")


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
        topic = AlarmTopic(self, settings.alarm_topic_arn)
        portfolio = self._portfolio_parameters()
        key_arn = self._key_of_projects(settings, portfolio)
        functions = SharedFunctions(
            self,
            "Functions",
            assets=assets,
            settings=settings,
            notice_topic_arn=topic.arn,
            key_arn=key_arn,
        )
        topic.let_publish(functions.dispatch.role)
        sagemaker_events = SagemakerEvents(self, "Events", dispatch=functions.dispatch)
        # The id is that of the registrations before, whose rule and alarm stay what they are.
        DailyLook(self, "TokenCheck", function=functions.tokens)
        StagesAlarm(self, "Stages")
        confines = self._confines(settings, key_arn)
        launch = LaunchRole(self, "Launch", settings=settings)
        catalog = CatalogPortfolio(
            self, "Catalog", spec=portfolio, studio_roles=settings.studio_roles
        )
        versions = ProductVersions(self, "Versions", assets=assets)
        for product_stack in PRODUCTS:
            id_ = product_stack.__name__
            template = self._template_of(product_stack, settings, assets)
            spec = ProductSpec(
                product_stack.PRODUCT_NAME, portfolio.owner.value_as_string, template
            )
            product = versions.publish(id_, spec)
            # A version is offered when everything is there that its launches call.
            product.node.add_dependency(functions, *confines, launch)
            product_id = product.get_att_string("ProductId")
            catalog.offer(id_, product_id=product_id, launch_role=launch.role)
            CfnOutput(self, f"{id_}ProductId", value=product_id)
            CfnOutput(self, f"{id_}Version", value=product.get_att_string("VersionName"))
        CfnOutput(self, "PortfolioId", value=catalog.portfolio.portfolio_id)
        CfnOutput(self, "DispatchFailuresQueueUrl", value=functions.dispatch_failures.url)
        CfnOutput(self, "UndeliveredQueueUrl", value=sagemaker_events.undelivered.url)
        topic.hear_alarms()
        self._tag(dict(settings.tags))
        follow_company(self, settings.roles)
        acknowledge_findings(self)

    def _confines(self, settings: Settings, key_arn: str) -> list[Construct]:
        """The policies that confine the roles of projects."""
        confines: list[Construct] = [ProjectBoundary(self, "Boundary", settings=settings)]
        if settings.permissions_boundary:
            confines.append(DutyPolicies(self, "Duties", settings=settings, key_arn=key_arn))
        return confines

    def _key_of_projects(self, settings: Settings, portfolio: PortfolioSpec) -> str:
        """ARN of the key that new projects share; empty if each makes its own."""
        if settings.kms_key != SHARED:
            return settings.kms_key
        first = portfolio.execution_role_arn.value_as_string
        return SharedKey(
            self,
            "SharedKey",
            studio_roles=[first, *settings.studio_roles],
            organization=settings.principal_org_id,
            company=settings.roles,
        ).arn

    def _template_of(
        self, product_stack: type[BasicProjectStack], settings: Settings, assets: SeedAssets
    ) -> BasicProjectStack:
        return product_stack(
            self,
            f"{product_stack.__name__}Template",
            settings=settings,
            build_seed=assets.build_app,
            deploy_seed=assets.deploy_app,
        )

    def _tag(self, tags: Mapping[str, str]) -> None:
        for key, value in tags.items():
            Tags.of(self).add(key, value)
        if not tags:
            return
        for node in self.node.find_all():  # the CDK tags nothing of what is a raw resource
            if isinstance(node, CfnResource) and node.cfn_resource_type in _TAGGED_RAW:
                node.add_property_override("Tags", tag_list(tags))

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
