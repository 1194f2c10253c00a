"""The stack that a stage needs in an AWS account of its own: three roles, and GitHub's provider."""

from aws_cdk import (
    Acknowledgment,
    Aws,
    BootstraplessSynthesizer,
    CfnCondition,
    CfnOutput,
    CfnParameter,
    Fn,
    RemovalPolicy,
    Stack,
    Tags,
    Validations,
)
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.acknowledged_findings import acknowledge_findings
from mlops_sm_project_template.company_role_properties import follow_company
from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.company_roles import (
    PATH_PATTERN,
    PREFIX_PATTERN,
    ROOT_PATH,
    CompanyRoles,
)
from mlops_sm_project_template.container_statements import (
    PULL,
    join_given_networks,
    run_containers,
)
from mlops_sm_project_template.policy_statements import allow, allow_key_through_s3, document
from mlops_sm_project_template.rights.endpoint import endpoint_rights
from mlops_sm_project_template.rights.execution import watch_deployments
from mlops_sm_project_template.rights.workflow import deploy_stage
from mlops_sm_project_template.templates.pipeline_constructs.cloudformation_role import (
    cloudformation_role,
)
from mlops_sm_project_template.templates.pipeline_constructs.execution_role import (
    sagemaker_of_this_account,
)


class StageAccountStack(Stack):
    """Lets the deploy repository deploy one stage into the account in which the stack is made.

    It is made by that account's administrator, once for each stage, and by no role of the project;
    so nothing here carries the project's permissions boundary, which the account does not have.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(
            scope,
            id_,
            analytics_reporting=False,
            description="Roles of one stage of a SageMaker project in an account of its own",
            synthesizer=BootstraplessSynthesizer(),
        )
        self._read_project()
        self._read_tokens()
        self._read_resources()
        self._execution = self._build_execution_role()
        self._let_execution_role_pull()
        self._let_execution_role_join()
        workflow = self._build_workflow_role(self._build_cloudformation_role())
        self._build_provider()
        for key, value in (
            (names.PROJECT_ID_TAG, self._project_id),
            (names.PROJECT_NAME_TAG, self._project_name),
            (names.STAGE_TAG, self._stage),
        ):
            Tags.of(self).add(key, value, include_resource_types=["AWS::IAM::Role"])
        CfnOutput(
            self,
            "WorkflowRoleArn",
            description="The role that the workflows of the deploy repository take",
            value=workflow.attr_arn,
        )
        follow_company(self, self._read_wishes_for_roles())
        acknowledge_findings(self)

    def _read_wishes_for_roles(self) -> CompanyRoles:
        """Path and prefix are the project's; the boundary is of the account of the stage."""
        path = self._text("RolePath", PATH_PATTERN, "Path of the roles", default=ROOT_PATH)
        prefix = self._text(
            "RolePrefix", PREFIX_PATTERN, "What the names of the roles begin with", default=""
        )
        boundary = self._text(
            "PermissionsBoundary",
            r"^(arn:[a-z-]+:iam::[0-9]{12}:policy/[a-zA-Z0-9+=,.@_/-]+)?$",
            "ARN of the account's permissions boundary for the roles; empty for none",
            default="",
        )
        # AWS CDK's check takes the default for the value, and no condition into account.
        Validations.of(self).acknowledge(
            Acknowledgment(
                id="CloudFormation-Validate::F3033",
                reason="Where the boundary's ARN is empty, a condition leaves the property out.",
            )
        )
        # A role that was made without a path would be replaced if it were given one, even its own.
        return CompanyRoles(
            self._unless("HasPath", path, ROOT_PATH),
            prefix,
            self._unless("IsConfined", boundary, ""),
        )

    def _unless(self, condition: str, value: str, default: str) -> str:
        """Leave the property out where the value is the default."""
        differs = CfnCondition(
            self,
            condition,
            expression=Fn.condition_not(Fn.condition_equals(value, default)),
        )
        return Fn.condition_if(differs.logical_id, value, Aws.NO_VALUE).to_string()

    def _read_project(self) -> None:
        self._project_id = self._text(
            "ProjectId", "^p-[a-z0-9]{12}$", "Id of the SageMaker project"
        )
        self._project_name = self._text(
            "ProjectName", "^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}$", "Name of the SageMaker project"
        )
        self._stage = self._text(
            "Stage", f"^{names.STAGE_PATTERN}$", "The stage that lies in this account"
        )
        self._project_account = self._text(
            "ProjectAccount", "^[0-9]{12}$", "Number of the account with project and models"
        )
        self._key_arn = self._text(
            "KmsKeyArn", "^arn:[a-z-]+:kms:.+:key/.+$", "ARN of the key that the models lie under"
        )

    def _read_tokens(self) -> None:
        """What the tokens of the deploy workflow say."""
        self._issuer = self._text(
            "OpenIdConnectIssuer",
            r"^[a-zA-Z0-9.-]+(:[0-9]+)?(/[a-zA-Z0-9._-]+)*$",
            "Issuer of GitHub's tokens without https://",
            default=names.GITHUB_COM_ISSUER,
        )
        self._sub_claim_prefix = self._text(
            "SubClaimPrefix",
            r"^repo:[a-zA-Z0-9_-]+(@[0-9]+)?/[a-zA-Z0-9._-]+(@[0-9]+)?$",
            "What the subjects of tokens of the deploy repository begin with",
        )
        self._sub_claim = self._text(
            "SubClaim",
            r"^repo:[a-zA-Z0-9_@./-]+:(ref|environment):[a-zA-Z0-9/_-]+$",
            "Subject of the tokens of this stage",
        )
        self._repository_id = self._text(
            "RepositoryId", "^[0-9]+$", "Number of the deploy repository on GitHub"
        )

    def _read_resources(self) -> None:
        """What the endpoint may have besides the model."""
        self._repository_arns = self._text(
            "ImageRepositoryArns",
            r"^(arn:[a-z-]+:ecr:[a-z0-9-]+:[0-9]{12}:repository/[a-z0-9._/-]+(,(?!$)|$))*$",
            "Repositories with images that are not AWS's, with commas between",
            default="",
        )
        self._subnet_arns, self._group_arns = (
            self._text(
                f"{kind}Arns",
                rf"^(arn:[a-z-]+:ec2:[a-z0-9-]+:([0-9]{{12}}|\*):{resource}(,(?!$)|$))*$",
                f"{words} that the endpoint may join, with commas between",
                default="",
            )
            for kind, resource, words in (
                ("Subnet", "subnet/subnet-[0-9a-f]+", "Subnets"),
                ("SecurityGroup", "security-group/sg-[0-9a-f]+", "Security groups"),
            )
        )

    def _text(self, name: str, pattern: str, description: str, default: str | None = None) -> str:
        return CfnParameter(
            self,
            name,
            type="String",
            allowed_pattern=pattern,
            description=description,
            default=default,
        ).value_as_string

    def _build_provider(self) -> None:
        """Make the provider, which stays when the stack goes: other stages may rest on it."""
        is_made = self._text(
            "CreateOpenIdConnectProvider",
            "^(true|false)$",
            "An account has one provider for each issuer; false if it is there already",
            default="true",
        )
        provider = iam.CfnOIDCProvider(
            self,
            "OpenIdConnectProvider",
            url=f"https://{self._issuer}",
            client_id_list=["sts.amazonaws.com"],
        )
        provider.cfn_options.condition = CfnCondition(
            self,
            "CreatesProvider",
            expression=Fn.condition_equals(is_made, "true"),
        )
        provider.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)

    def _build_execution_role(self) -> iam.Role:
        bucket = arns.s3(names.bucket(self._project_id))
        group = names.pipeline(self._project_name, self._project_id)
        return iam.Role(
            self,
            "Execution",
            role_name=names.stage_execution_role(self._project_id, self._stage),
            description="SageMaker serves the stage with this role",
            assumed_by=sagemaker_of_this_account(),
            inline_policies={
                "model": document(
                    allow(["s3:GetObject"], [f"{bucket}/{group}/*"]),
                    allow_key_through_s3(self._key_arn, "kms:Decrypt"),
                ),
                "container": document(*run_containers()),
                "watch": document(*watch_deployments(self._project_id, stage=self._stage)),
            },
        )

    def _let_execution_role_pull(self) -> None:
        """Add the repositories, if there are any, as a list that only CloudFormation knows."""
        policy = iam.CfnPolicy(
            self,
            "Images",
            policy_name="images",
            policy_document={
                "Version": "2012-10-17",
                "Statement": [allow(PULL, Fn.split(",", self._repository_arns))],
            },
            roles=[self._execution.role_name],
        )
        policy.cfn_options.condition = CfnCondition(
            self,
            "HasRepositories",
            expression=Fn.condition_not(Fn.condition_equals(self._repository_arns, "")),
        )

    def _let_execution_role_join(self) -> None:
        """Add the network, if there is one, as lists that only CloudFormation knows."""
        policy = iam.CfnPolicy(
            self,
            "Networks",
            policy_name="networks",
            policy_document={
                "Version": "2012-10-17",
                "Statement": join_given_networks(self._subnet_arns, self._group_arns),
            },
            roles=[self._execution.role_name],
        )
        policy.cfn_options.condition = CfnCondition(
            self,
            "HasNetworks",
            expression=Fn.condition_and(
                *(
                    Fn.condition_not(Fn.condition_equals(arns_, ""))
                    for arns_ in (self._subnet_arns, self._group_arns)
                )
            ),
        )

    def _build_cloudformation_role(self) -> iam.Role:
        make_model = ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage"]
        rights = endpoint_rights(
            stage=self._stage,
            project_id=self._project_id,
            project_name=self._project_name,
            execution_role_arn=self._execution.role_arn,
            inputs=[allow(make_model, [self._model_packages()])],
        )
        return cloudformation_role(
            self,
            stage=self._stage,
            project_id=self._project_id,
            company=CompanyRoles(),
            rights=rights,
        )

    def _build_workflow_role(self, cloudformation: iam.Role) -> iam.CfnRole:
        """Make the role as text, since the issuer is part of the conditions' keys."""
        duty, _ = names.stage_duties(self._stage)
        return iam.CfnRole(
            self,
            "Workflow",
            role_name=names.project_role(self._project_id, duty),
            description="The deploy workflow works on the stage with this role",
            assume_role_policy_document=self._trust(),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="deploy",
                    policy_document=document(
                        *deploy_stage(
                            stage=self._stage,
                            project_id=self._project_id,
                            project_name=self._project_name,
                            cloudformation_role_arn=cloudformation.role_arn,
                        )
                    ),
                ),
                iam.CfnRole.PolicyProperty(
                    policy_name="model",
                    policy_document=document(
                        allow(["sagemaker:DescribeModelPackage"], [self._model_packages()])
                    ),
                ),
            ],
        )

    def _trust(self) -> str:
        """Trust the default branch of the deploy repository, in the stage's environment."""
        issuer = self._issuer
        return self.to_json_string(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Federated": arns.iam(f"oidc-provider/{issuer}")},
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Condition": {
                            "StringEquals": {
                                f"{issuer}:aud": "sts.amazonaws.com",
                                f"{issuer}:sub": [
                                    f"{self._sub_claim_prefix}:environment:{self._stage}",
                                    self._sub_claim,
                                ],
                            },
                            # STS hands these over for github.com's provider only.
                            "StringEqualsIfExists": {
                                f"{issuer}:ref": f"refs/heads/{names.DEFAULT_BRANCH}",
                                f"{issuer}:repository_id": self._repository_id,
                            },
                        },
                    }
                ],
            }
        )

    def _model_packages(self) -> str:
        return arns.model_packages(self._project_id, account=self._project_account)
