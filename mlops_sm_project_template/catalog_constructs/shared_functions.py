"""The three functions that serve every project of this account and region."""

from aws_cdk import CfnResource
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.catalog_constructs.failure_queue import FailureQueue
from mlops_sm_project_template.catalog_constructs.lambda_function import (
    FunctionSpec,
    LambdaFunction,
)
from mlops_sm_project_template.catalog_constructs.seed_assets import SeedAssets
from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import allow, document

_REPOSITORY_TIMEOUT_SECONDS = 240
_DATA_TIMEOUT_SECONDS = 540
_DISPATCH_TIMEOUT_SECONDS = 120
_RETRIES = 2
_RETRY_SECONDS = 3600


class SharedFunctions(Construct):
    """Custom resources for repositories and data, and the target of SageMaker's events.

    A custom resource that fails says so to CloudFormation. The dispatch function has nobody to
    tell: Lambda tries it again, and then puts the event into a queue.
    """

    def __init__(
        self, scope: Construct, id_: str, *, assets: SeedAssets, settings: Settings
    ) -> None:
        super().__init__(scope, id_)
        self._assets = assets
        self._github = {"GITHUB_API_URL": settings.github_api_url}
        self._build_repository_function()
        self._build_data_function()
        self.dispatch = self._build_dispatch_function()

    def _build_repository_function(self) -> None:
        bundles = arns.s3(f"{self._assets.build_app.bucket}/*.zip")
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
            ),
        )
        LambdaFunction(self, "Repository", code=self._assets.functions, spec=spec)

    def _build_data_function(self) -> None:
        spec = FunctionSpec(
            name=names.DATA_FUNCTION,
            handler="project_data.handler.handle",
            description="Cleans up the data of SageMaker projects that are deleted",
            timeout_seconds=_DATA_TIMEOUT_SECONDS,
            policy=_clean_up_policy(),
        )
        LambdaFunction(self, "Data", code=self._assets.functions, spec=spec)

    def _build_dispatch_function(self) -> LambdaFunction:
        failures = FailureQueue(
            self,
            "DispatchFailures",
            meaning="An event of a project never reached GitHub; the queue holds it",
        )
        failures.protect()
        projects = arns.regional("ssm", f"parameter{names.PROJECT_PARAMETER_PREFIX}*")
        spec = FunctionSpec(
            name=names.DISPATCH_FUNCTION,
            handler="deploy_dispatch.handler.handle",
            description="Starts deployments of approved models and reports ended pipelines",
            timeout_seconds=_DISPATCH_TIMEOUT_SECONDS,
            environment={
                **self._github,
                "PROJECT_PARAMETER_PREFIX": names.PROJECT_PARAMETER_PREFIX,
            },
            policy=document(
                _read_token_secrets(),
                allow(["ssm:GetParameter"], [projects]),
                # Events may write a pipeline's name in lower case; parameters are named truly.
                allow(["sagemaker:DescribePipeline"], [arns.pipeline(names.ANY_PROJECT_ID)]),
                allow(["sqs:SendMessage"], [failures.arn]),
            ),
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


def _read_token_secrets() -> iam.PolicyStatement:
    secret = names.token_secret(names.ANY_PROJECT_ID)
    return allow(["secretsmanager:GetSecretValue"], [arns.token_secret(secret)])


def _clean_up_policy() -> iam.PolicyDocument:
    bucket = arns.s3(names.bucket(names.ANY_PROJECT_ID))
    group = arns.model_package_group(names.ANY_PROJECT_ID)
    packages = arns.model_packages(names.ANY_PROJECT_ID)
    pipeline = arns.pipeline(names.ANY_PROJECT_ID)
    return document(
        allow(
            [
                "s3:DeleteBucket",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads",
                "s3:ListBucketVersions",
            ],
            [bucket],
        ),
        allow(
            ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            [f"{bucket}/*"],
        ),
        allow(
            [
                "sagemaker:DeleteModelPackage",
                "sagemaker:DeleteModelPackageGroup",
            ],
            [group, packages],
        ),
        # This action knows no resource.
        allow(["sagemaker:ListModelPackages"], ["*"]),
        allow(
            [
                "sagemaker:DeletePipeline",
                "sagemaker:ListPipelineExecutions",
                "sagemaker:StopPipelineExecution",
            ],
            [pipeline, f"{pipeline}/execution/*"],
        ),
        # A key has no name; the tag of a project tells which ones are meant.
        allow(
            ["kms:ScheduleKeyDeletion"],
            [arns.regional("kms", "key/*")],
            conditions={
                "StringLike": {f"aws:ResourceTag/{names.PROJECT_ID_TAG}": names.ANY_PROJECT_ID}
            },
        ),
    )
