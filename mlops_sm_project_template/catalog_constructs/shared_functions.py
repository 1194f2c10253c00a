"""The functions that serve every project of this account and region."""

from aws_cdk import CfnResource
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.catalog_constructs.approval_table import ApprovalTable
from mlops_sm_project_template.catalog_constructs.clean_up_policy import clean_up_policy
from mlops_sm_project_template.catalog_constructs.failure_queue import FailureQueue
from mlops_sm_project_template.catalog_constructs.lambda_function import (
    FunctionSpec,
    LambdaFunction,
)
from mlops_sm_project_template.catalog_constructs.seed_assets import SeedAssets
from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import Statement, allow, document

# Lambda's maximum: GitHub may ask for long pauses, and an endpoint takes its time to go.
_REPOSITORY_TIMEOUT_SECONDS = 900
_DATA_TIMEOUT_SECONDS = 900
_DISPATCH_TIMEOUT_SECONDS = 120
_TOKEN_TIMEOUT_SECONDS = 900
_RETRIES = 2
_RETRY_SECONDS = 3600


class SharedFunctions(Construct):
    """Custom resources for repositories and data, and the target of SageMaker's events.

    A custom resource that fails says so to CloudFormation. The dispatch function has nobody to
    tell: Lambda tries it again, and then puts the event into a queue. The token function, which
    looks at endpoints too, is asked again the next day; its name stays, since that of its log does.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        assets: SeedAssets,
        settings: Settings,
        notice_topic_arn: str,
        key_arn: str = "",
    ) -> None:
        super().__init__(scope, id_)
        self._assets = assets
        self._notice_topic_arn = notice_topic_arn
        self._github = _github_variables(settings)
        self._build_repository_function()
        self._build_data_function(settings.kms_key, key_arn)
        self.dispatch_failures = self._build_failure_queue()
        self.dispatch = self._build_dispatch_function(ApprovalTable(self, "Approvals"))
        self.tokens = self._build_token_function()

    def _build_repository_function(self) -> None:
        bundles = arns.s3(f"{self._assets.version_bucket}/*.zip")
        spec = FunctionSpec(
            name=names.REPOSITORY_FUNCTION,
            handler="project_repository.handler.handle",
            description="Makes, fills and removes the GitHub repositories of SageMaker projects",
            timeout_seconds=_REPOSITORY_TIMEOUT_SECONDS,
            environment=self._github,
            policy=document(
                _read_token_secrets(),
                # All bundles: projects of earlier versions of the product name earlier ones.
                allow(["s3:GetObject"], [bundles]),
                # What a launch made goes with a launch that fails, whatever was chosen to stay.
                allow(
                    ["cloudformation:DescribeStacks"],
                    [arns.regional("cloudformation", names.LAUNCHED_STACKS)],
                ),
                # Who may use a stored credential is told by who launched.
                *_find_launcher(),
                # What its time does not suffice for, it hands over to a fresh invocation.
                _invoke(names.REPOSITORY_FUNCTION),
            ),
        )
        LambdaFunction(self, "Repository", code=self._assets.functions, spec=spec)

    def _build_data_function(self, kms_key: str, key_arn: str) -> None:
        spec = FunctionSpec(
            name=names.DATA_FUNCTION,
            handler="project_data.handler.handle",
            description="Removes endpoints and data of SageMaker projects that are deleted",
            timeout_seconds=_DATA_TIMEOUT_SECONDS,
            environment={
                "APPROVAL_TABLE": names.APPROVAL_TABLE,
                **({"KMS_KEY": kms_key, "KMS_KEY_ARN": key_arn} if kms_key else {}),
            },
            policy=clean_up_policy(sees_keys=bool(kms_key)),
            role_name=names.DATA_ROLE,
        )
        LambdaFunction(self, "Data", code=self._assets.functions, spec=spec)

    def _build_failure_queue(self) -> FailureQueue:
        failures = FailureQueue(
            self,
            "DispatchFailures",
            meaning="An event of a project never reached GitHub; the queue holds it: make redrive",
        )
        failures.protect()
        return failures

    def _build_dispatch_function(self, approvals: ApprovalTable) -> LambdaFunction:
        failures = self.dispatch_failures
        spec = FunctionSpec(
            name=names.DISPATCH_FUNCTION,
            handler="deploy_dispatch.handler.handle",
            description="Brings approved models from stage to stage and reports ended pipelines",
            timeout_seconds=_DISPATCH_TIMEOUT_SECONDS,
            environment={
                **self._github,
                "APPROVAL_TABLE": names.APPROVAL_TABLE,
                "METRIC_NAMESPACE": names.METRIC_NAMESPACE,
                "NOTICE_TOPIC_ARN": self._notice_topic_arn,  # empty for none
                "PROJECT_PARAMETER_PREFIX": names.PROJECT_PARAMETER_PREFIX,
            },
            policy=_dispatch_policy(approvals, failures),
        )
        function = LambdaFunction(self, "Dispatch", code=self._assets.functions, spec=spec)
        CfnResource(
            self,
            "DispatchRetries",
            type="AWS::Lambda::EventInvokeConfig",
            properties={
                "FunctionName": function.resource.ref,
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": _RETRIES,
                "MaximumEventAgeInSeconds": _RETRY_SECONDS,
                "DestinationConfig": {"OnFailure": {"Destination": failures.arn}},
            },
        )
        return function

    def _build_token_function(self) -> LambdaFunction:
        spec = FunctionSpec(
            name=names.TOKEN_FUNCTION,
            handler="daily_look.handler.handle",
            description="Looks daily at the GitHub tokens and idle endpoints of SageMaker projects",
            timeout_seconds=_TOKEN_TIMEOUT_SECONDS,
            environment={
                **self._github,
                "METRIC_NAMESPACE": names.METRIC_NAMESPACE,
                "PROJECT_PARAMETER_PREFIX": names.PROJECT_PARAMETER_PREFIX,
            },
            policy=_daily_policy(),
        )
        return LambdaFunction(self, "Tokens", code=self._assets.functions, spec=spec)


def _github_variables(settings: Settings) -> dict[str, str]:
    """Name what is set; the functions know the rest."""
    timeout_seconds = settings.github_read_timeout_seconds
    variables = {"GITHUB_API_URL": settings.github.api_url}
    if timeout_seconds is not None:
        variables["GITHUB_READ_TIMEOUT_SECONDS"] = str(timeout_seconds)
    return variables


def _read_token_secrets() -> Statement:
    secrets = (names.token_secret(names.ANY_PROJECT_ID), names.owner_secret(names.ANY_OWNER))
    return allow(["secretsmanager:GetSecretValue"], [arns.token_secret(name) for name in secrets])


def _find_launcher() -> list[Statement]:
    """Allow to look up who launched a project."""
    return [
        # This action knows no resource.
        allow(["servicecatalog:SearchProvisionedProducts"], ["*"]),
        allow(["sagemaker:DescribeProject"], [arns.regional("sagemaker", "project/*")]),
    ]


def _invoke(function_name: str) -> Statement:
    arn = arns.regional("lambda", f"function:{function_name}")
    return allow(["lambda:InvokeFunction"], [arn])


def _dispatch_policy(approvals: ApprovalTable, failures: FailureQueue) -> iam.PolicyDocument:
    projects = arns.regional("ssm", f"parameter{names.PROJECT_PARAMETER_PREFIX}*")
    packages = arns.model_packages(names.ANY_PROJECT_ID)
    return document(
        _read_token_secrets(),
        allow(["ssm:GetParameter"], [projects]),
        # Events may write a pipeline's name in lower case; parameters are named truly.
        allow(["sagemaker:DescribePipeline"], [arns.pipeline(names.ANY_PROJECT_ID)]),
        # Why an execution failed, which its event does not say.
        allow(
            ["sagemaker:ListPipelineExecutionSteps"],
            [f"{arns.pipeline(names.ANY_PROJECT_ID)}/execution/*"],
        ),
        # An event only says that something changed; the registry says what holds.
        allow(["sagemaker:DescribeModelPackage"], [packages]),
        # It writes down what was deployed where; whether a version is approved is not its to say.
        allow(
            ["sagemaker:UpdateModelPackage"],
            [packages],
            conditions={"Null": {"sagemaker:ModelApprovalStatus": "true"}},
        ),
        # No resource is documented that a list is judged on.
        allow(["sagemaker:ListModelPackages"], ["*"]),
        allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [approvals.arn]),
        allow(["sqs:SendMessage"], [failures.arn]),
        # What one invocation has no time for goes on in others of its own.
        _invoke(names.DISPATCH_FUNCTION),
        _measure(),
    )


def _daily_policy() -> iam.PolicyDocument:
    path = arns.regional("ssm", f"parameter{names.PROJECT_PARAMETER_PREFIX.rstrip('/')}")
    endpoints, configs = (
        arns.regional("sagemaker", f"{kind}/*") for kind in ("endpoint", "endpoint-config")
    )
    return document(
        _read_token_secrets(),
        allow(["ssm:GetParametersByPath"], [path, f"{path}/*"]),
        # It hands batches of projects to invocations of its own.
        _invoke(names.TOKEN_FUNCTION),
        # These actions know no resource.
        allow(["cloudwatch:GetMetricData", "tag:GetResources"], ["*"]),
        # Asking for the tag would refuse what was deleted since it was found by its tag.
        allow(["sagemaker:DescribeEndpoint"], [endpoints]),
        allow(["sagemaker:DescribeEndpointConfig"], [configs]),
        _measure(),
    )


def _measure() -> Statement:
    # This action knows no resource; the namespace narrows it.
    return allow(
        ["cloudwatch:PutMetricData"],
        ["*"],
        conditions={"StringEquals": {"cloudwatch:namespace": names.METRIC_NAMESPACE}},
    )
