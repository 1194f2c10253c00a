"""The most that any role of a project may ever do, whatever its own policies say."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.container_statements import (
    run_all_containers,
    run_jobs_containers,
)
from mlops_sm_project_template.location_statements import read_locations
from mlops_sm_project_template.policy_length import check_length
from mlops_sm_project_template.policy_statements import (
    CHANGE_ENDPOINTS,
    DEPLOY_STACK,
    DESCRIBE_ENDPOINTS,
    MANAGE_ALARMS,
    MANAGE_SCALING,
    READ_SCALING,
    THROUGH_CLOUDFORMATION,
    Statement,
    allow,
    decisions_of,
    document,
    grant_to_services,
    of_project,
    read_ledger,
    register_undecided,
    run_jobs,
)

# IAM puts the project id there, from the tag of the role that asks.
_OWN_ID = f"${{aws:PrincipalTag/{names.BOUNDARY_TAG}}}"
_PASSED_TO = {"iam:PassedToService": ["cloudformation.amazonaws.com", "sagemaker.amazonaws.com"]}
# The settings that name what jobs may run, and where.
_OF_CONTAINERS = ("image_repositories", "jobs_subnets", "jobs_security_groups")
_OF_ENDPOINTS = ("endpoint_subnets", "endpoint_security_groups")


class ProjectBoundary(Construct):
    """Permissions boundaries that confine each role to the project whose id is its tag.

    The launch role can make no role without one, so nobody who gets hold of that role, or of a
    project's roles, gets out of the projects. SageMaker's roles have ones of their own, since a
    policy may not be longer than 6,144 characters.
    """

    def __init__(self, scope: Construct, id_: str, *, settings: Settings) -> None:
        super().__init__(scope, id_)
        statements = [
            *_data(settings, makes_grants=True),
            *_models(),
            *_endpoints(),
            *_watch_and_report(),
            *_roles_and_stacks(settings.roles),
            read_ledger(decisions_of(_OWN_ID), names.live_item(f"*-{_OWN_ID}")),
        ]
        check_length(statements, settings, "role_path", "role_prefix")
        iam.ManagedPolicy(
            self,
            "Policy",
            managed_policy_name=f"{settings.role_prefix}{names.PROJECT_BOUNDARY}",
            description="The most that a role of a SageMaker project may do",
            document=document(*statements),
        )
        self._build_execution_policy(settings)
        self._build_reader_policy(settings)

    def _build_execution_policy(self, settings: Settings) -> None:
        statements = [
            *_data(settings),
            *_models(),
            register_undecided([arns.model_package_group(_OWN_ID), arns.model_packages(_OWN_ID)]),
            allow(["cloudwatch:DescribeAlarms"], [arns.alarms(names.alarms(_OWN_ID, "*"))]),
            *run_jobs(_OWN_ID),
            _pass_roles(settings.roles),
            *run_all_containers(settings),
        ]
        check_length(statements, settings, *_OF_CONTAINERS, *_OF_ENDPOINTS)
        iam.ManagedPolicy(
            self,
            "ExecutionPolicy",
            managed_policy_name=f"{settings.role_prefix}{names.EXECUTION_BOUNDARY}",
            description="The most that SageMaker may do with the role of a project",
            document=document(*statements),
        )

    def _build_reader_policy(self, settings: Settings) -> None:
        statements = [
            *_data(settings),
            *run_jobs_containers(settings),
            *read_locations(settings.data_locations),
        ]
        check_length(statements, settings, "data_locations", *_OF_CONTAINERS)
        iam.ManagedPolicy(
            self,
            "ReaderPolicy",
            managed_policy_name=f"{settings.role_prefix}{names.DATA_LOCATIONS}",
            description="The most that jobs of a project may read",
            document=document(*statements),
        )


def _data(settings: Settings, *, makes_grants: bool = False) -> list[Statement]:
    bucket = arns.s3(names.bucket(_OWN_ID))
    samples = arns.samples_bucket()
    return [
        allow(["s3:ListBucket"], [bucket, samples]),
        allow(
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            [f"{bucket}/*", f"{samples}/dataset/*"],
        ),
        *(
            _use_any_key(bucket, makes_grants=makes_grants)
            if settings.kms_key
            else [_use_own_key()]
        ),
    ]


def _use_own_key() -> Statement:
    """The keys have no names of their own; their tag tells whose they are."""
    return allow(
        [
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
        ],
        [arns.regional("kms", "key/*")],
        conditions=of_project(_OWN_ID),
    )


def _use_any_key(bucket: str, *, makes_grants: bool) -> list[Statement]:
    """Where projects share a key, not the key tells whose an object is, but what S3 says of it.

    Nobody reads anything with the other actions. SageMaker alone makes grants, for the disks of an
    endpoint that CloudFormation's role makes. Which key, the roles' own policies say.
    """
    own_objects = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": f"{bucket}*"}}
    return [
        allow(["kms:Decrypt", "kms:GenerateDataKey"], ["*"], conditions=own_objects),
        *([grant_to_services("*")] if makes_grants else []),
        allow(["kms:DescribeKey", "kms:Encrypt"], ["*"]),
    ]


def _models() -> list[Statement]:
    return [
        # One statement for several kinds of resources, since a policy may not be longer.
        allow(
            [
                "sagemaker:AddTags",
                "sagemaker:CreatePipeline",
                "sagemaker:DescribeModelPackage",
                "sagemaker:DescribeModelPackageGroup",
                "sagemaker:DescribePipeline",
                "sagemaker:ListTags",
                "sagemaker:StartPipelineExecution",
                "sagemaker:UpdatePipeline",
            ],
            [
                arns.pipeline(_OWN_ID),
                arns.model_package_group(_OWN_ID),
                arns.model_packages(_OWN_ID),
            ],
        ),
        # No resource is documented that a list is judged on.
        allow(["sagemaker:ListModelPackages"], ["*"]),
    ]


def _endpoints() -> list[Statement]:
    """Endpoints and their scaling: of any name, with the project's tag."""
    targets, hosting = arns.scalable_targets(), arns.hosting()
    anything = arns.regional("sagemaker", "*")
    make = [
        "application-autoscaling:RegisterScalableTarget",
        "sagemaker:CreateEndpoint",
        "sagemaker:CreateEndpointConfig",
        "sagemaker:CreateModel",
    ]
    change = [*MANAGE_SCALING, *CHANGE_ENDPOINTS, "sagemaker:InvokeEndpoint"]
    asked, standing = of_project(_OWN_ID, "aws:RequestTag"), of_project(_OWN_ID)
    is_being_made = {"Null": {"sagemaker:TaggingAction": "false"}}
    return [
        # The kinds follow from the actions; written out, the policy would be too long.
        allow(make, [anything, targets], conditions=asked),
        # Tags decide, so nobody may give his own to what is there already.
        allow(["sagemaker:AddTags"], hosting, conditions=asked | is_being_made),
        allow(
            ["application-autoscaling:TagResource"],
            [targets],
            conditions=asked | THROUGH_CLOUDFORMATION,
        ),
        allow(change, [anything, targets], conditions=standing),
        # What is gone, or not there yet, has no tag.
        allow(DESCRIBE_ENDPOINTS, [anything]),
    ]


def _watch_and_report() -> list[Statement]:
    return [
        # Of the alarms that scale endpoints, the roles' own policies name theirs.
        allow(
            MANAGE_ALARMS,
            [arns.alarms(names.alarms(_OWN_ID, "*")), arns.alarms(names.tracking_alarms("*"))],
        ),
        allow(READ_SCALING, ["*"]),
        allow(["iam:CreateServiceLinkedRole"], [arns.scaling_service_role()]),
        allow(
            ["events:PutEvents"],
            [arns.regional("events", "event-bus/default")],
            conditions={"StringLike": {"events:source": names.report_source(_OWN_ID, "*")}},
        ),
    ]


def _roles_and_stacks(company: CompanyRoles) -> list[Statement]:
    return [
        _pass_roles(company),
        allow(
            DEPLOY_STACK,
            [arns.endpoint_stacks(names.endpoint_stack(_OWN_ID, stage="*"))],
        ),
    ]


def _pass_roles(company: CompanyRoles) -> Statement:
    roles = arns.iam(company.role(names.project_role(_OWN_ID, "*")))
    return allow(["iam:PassRole"], [roles], conditions={"StringEquals": _PASSED_TO})
