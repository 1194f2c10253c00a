"""The project stack: one model, built in one repository and deployed from another."""

from aws_cdk import CfnResource, Fn, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_servicecatalog as servicecatalog
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from mlops_sm_project_template.acknowledged_findings import acknowledge_findings
from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.tag_list import tag_list
from mlops_sm_project_template.templates.pipeline_constructs.build_pipeline_construct import (
    BuildPipelineConstruct,
)
from mlops_sm_project_template.templates.pipeline_constructs.deploy_pipeline_construct import (
    DeployPipelineConstruct,
)
from mlops_sm_project_template.templates.pipeline_constructs.execution_role import ExecutionRole
from mlops_sm_project_template.templates.pipeline_constructs.github_repository import SeedBundle
from mlops_sm_project_template.templates.pipeline_constructs.project import Project
from mlops_sm_project_template.templates.pipeline_constructs.project_budget import ProjectBudget
from mlops_sm_project_template.templates.pipeline_constructs.project_data import ProjectData
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)
from mlops_sm_project_template.templates.pipeline_constructs.reader_role import ReaderRole


class BasicProjectStack(servicecatalog.ProductStack):
    """What CloudFormation makes when a data scientist creates a project.

    1. The data, and both repositories, without content. GitHub gives each repository an id.
    2. The roles, whose trust is built from those ids.
    3. The seed code: first the deploy repository's, last the build repository's, since that
       commit starts the first build.

    A deletion goes the other way: nobody can write any more when the data is looked at.
    """

    PRODUCT_NAME = names.PRODUCT
    DESCRIPTION = "Two GitHub repositories that build, register and deploy a model on SageMaker"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: Settings,
        build_seed: SeedBundle,
        deploy_seed: SeedBundle,
    ) -> None:
        super().__init__(scope, id_, analytics_reporting=False, description=self.DESCRIPTION)
        self._parameters = ProjectParameters(
            self,
            locations=settings.data_locations,
            studio_roles=settings.studio_roles,
            company_tags=settings.tags,
            kms_key=settings.kms_key,
            has_budgets=bool(settings.budget_topic_arn),
        )
        self._project = self._build_project(settings)
        build = BuildPipelineConstruct(self, "Build", project=self._project)
        deploy = DeployPipelineConstruct(self, "Deploy", project=self._project)
        lookup = self._build_dispatch_parameter()
        topic = settings.budget_topic_arn
        if topic:
            ProjectBudget(self, "Cost", parameters=self._parameters, topic_arn=topic)
        # The dispatch function is told of no credential that the repositories were refused.
        lookup.node.add_dependency(build.repository.made, deploy.repository.made)
        deploy_content = deploy.fill(deploy_seed)
        build.fill(build_seed).node.add_dependency(deploy_content, lookup)
        for key, value in self._parameters.tags.items():
            Tags.of(self).add(key, value)
        self._confine_roles(settings)
        acknowledge_findings(self)

    def _confine_roles(self, settings: Settings) -> None:
        tags = {names.BOUNDARY_TAG: self._parameters.project_id}
        if settings.roles.boundary is None:
            self._apply_own_boundaries(settings)
        else:  # which the stack of the registration puts on all roles
            tags[names.NAME_TAG_OF_ROLE] = self._parameters.project_name
        for key, value in tags.items():
            Tags.of(self).add(key, value, include_resource_types=["AWS::IAM::Role"])

    def _apply_own_boundaries(self, settings: Settings) -> None:
        for scope, name in (
            (self, names.PROJECT_BOUNDARY),
            (self._project.execution, names.EXECUTION_BOUNDARY),
            *([(self._project.reader, names.DATA_LOCATIONS)] if self._project.reader else []),
        ):
            boundary = iam.ManagedPolicy.from_managed_policy_arn(
                scope, "Boundary", arns.iam(settings.roles.policy(name))
            )
            iam.PermissionsBoundary.of(scope).apply(boundary)

    def _build_project(self, settings: Settings) -> Project:
        secret = self._build_token_secret()
        data = ProjectData(self, "Data", parameters=self._parameters, settings=settings)
        execution = ExecutionRole(self, "Execution", settings=settings, data=data)
        reader = (
            ReaderRole(self, "Reader", settings=settings, parameters=self._parameters, data=data)
            if settings.data_locations
            else None
        )
        return Project(settings, self._parameters, data, execution, reader, secret)

    def _build_token_secret(self) -> str:
        """The project's secret, if a token was given; else that of the owner."""
        secret = CfnResource(  # raw: the module with its class loads EC2's, 1.5 s at each synthesis
            self,
            "GithubToken",
            type="AWS::SecretsManager::Secret",
            properties={
                "Name": names.token_secret(self._parameters.project_id),
                "Description": "GitHub token of the project's repositories",
                "SecretString": self._parameters.access_token,
                "Tags": tag_list(self._parameters.tags),
            },
        )
        has_token = self._parameters.has_token
        secret.cfn_options.condition = has_token
        stored = names.owner_secret(self._parameters.owner)
        return Fn.condition_if(has_token.logical_id, secret.ref, stored).to_string()

    def _build_dispatch_parameter(self) -> ssm.CfnParameter:
        name, id_ = self._parameters.project_name, self._parameters.project_id
        return ssm.CfnParameter(
            self,
            "DispatchParameter",
            name=names.project_parameter(name, id_),
            type="String",
            description="Where the events of this project's models and pipelines go",
            value=self.to_json_string(
                {
                    "owner": self._parameters.owner,
                    "build_repository": names.build_repository(name),
                    "deploy_repository": names.deploy_repository(name),
                    "deploy_workflow": names.DEPLOY_WORKFLOW,
                    "default_branch": names.DEFAULT_BRANCH,
                    "token_secret_arn": self._project.token_secret_arn,
                }
            ),
        )
