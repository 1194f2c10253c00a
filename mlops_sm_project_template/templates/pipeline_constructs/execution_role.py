"""The role under which SageMaker works for a project: pipeline, jobs and endpoint."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.container_statements import run_all_containers
from mlops_sm_project_template.policy_statements import (
    allow,
    allow_pass_role,
    document,
    register_undecided,
    run_jobs,
)
from mlops_sm_project_template.templates.pipeline_constructs.project_data import ProjectData
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)

SAGEMAKER = "sagemaker.amazonaws.com"


def sagemaker_of_this_account() -> iam.IPrincipal:
    """SageMaker, as long as it works for this account."""
    return iam.ServicePrincipal(
        SAGEMAKER, conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    )


def watch_deployments(project_id: str, *, stage: str) -> iam.PolicyDocument:
    """A deployment looks at the alarms of its stage with the role of the endpoint."""
    alarms = arns.alarms(names.alarms(project_id, stage))
    return document(allow(["cloudwatch:DescribeAlarms"], [alarms]))


class ExecutionRole(Construct):
    """Reads and writes the project's data, runs its jobs, registers its models."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: Settings,
        parameters: ProjectParameters,
        data: ProjectData,
    ) -> None:
        super().__init__(scope, id_)
        self._project_id = parameters.project_id
        name = names.project_role(self._project_id, "execution")
        # Its own policy names this role, so the ARN is written out instead of referenced.
        self.arn = arns.iam(f"role/{name}")
        self.role = iam.Role(
            self,
            "Role",
            role_name=name,
            description="SageMaker works for the project with this role",
            assumed_by=sagemaker_of_this_account(),
            inline_policies={
                "data": self._data(data),
                "pipeline": self._pipeline(),
                "container": document(*run_all_containers(settings)),
                "watch": watch_deployments(self._project_id, stage="*"),
            },
        )
        self.role.node.add_dependency(data.clean_up)

    def _data(self, data: ProjectData) -> iam.PolicyDocument:
        samples = arns.samples_bucket()
        return document(
            allow(["s3:ListBucket"], [data.bucket.bucket_arn]),
            allow(
                ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
                [data.bucket.arn_for_objects("*")],  # all objects of the project's own bucket
            ),
            data.key.allow_through_s3("kms:Decrypt", "kms:GenerateDataKey"),
            data.key.allow_output(),
            # AWS's public bucket with the data set that a new project starts from.
            allow(["s3:ListBucket"], [samples]),
            allow(["s3:GetObject"], [f"{samples}/dataset/*"]),
        )

    def _pipeline(self) -> iam.PolicyDocument:
        models = [
            arns.model_package_group(self._project_id),
            arns.model_packages(self._project_id),
        ]
        return document(
            *run_jobs(self._project_id),
            allow(
                [
                    "sagemaker:AddTags",
                    "sagemaker:DescribeModelPackage",
                    "sagemaker:DescribeModelPackageGroup",
                ],
                models,
            ),
            register_undecided(models),
            allow_pass_role(self.arn, service=SAGEMAKER),
            # The job that reads the data has a role of its own.
            allow_pass_role(
                arns.iam(f"role/{names.project_role(self._project_id, 'reader')}"),
                service=SAGEMAKER,
            ),
        )
