"""What SageMaker may do for a project: pipeline, jobs and endpoints."""

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.container_statements import run_all_containers
from mlops_sm_project_template.policy_statements import (
    SAGEMAKER,
    Statement,
    allow,
    allow_pass_role,
    register_undecided,
    run_jobs,
)
from mlops_sm_project_template.rights.subject import Rights, Subject


def execution_rights(subject: Subject, settings: Settings) -> Rights:
    """Read and write the project's data, run its jobs, register its models."""
    return {
        "data": _data(subject),
        "pipeline": _pipeline(subject, has_reader=bool(settings.data_locations)),
        "container": run_all_containers(settings),
        "watch": watch_deployments(subject.project_id, stage="*"),
    }


def watch_deployments(project_id: str, *, stage: str) -> list[Statement]:
    """A deployment looks at the alarms of its stage with the role of the endpoint."""
    return [allow(["cloudwatch:DescribeAlarms"], [arns.alarms(names.alarms(project_id, stage))])]


def _data(subject: Subject) -> list[Statement]:
    samples = arns.samples_bucket()
    return [
        allow(["s3:ListBucket"], [subject.bucket_arn]),
        allow(
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            [subject.objects("*")],  # all objects of the project's own bucket
        ),
        *subject.key.through_s3("kms:Decrypt", "kms:GenerateDataKey"),
        *subject.key.of_output(),
        # AWS's public bucket with the data set that a new project starts from.
        allow(["s3:ListBucket"], [samples]),
        allow(["s3:GetObject"], [f"{samples}/dataset/*"]),
    ]


def _pipeline(subject: Subject, *, has_reader: bool) -> list[Statement]:
    models = [
        arns.model_package_group(subject.project_id),
        arns.model_packages(subject.project_id),
    ]
    # What reads more than the project's own data has a role of its own.
    passed = ["execution", *(["reader"] if has_reader else [])]
    return [
        *run_jobs(subject.project_id),
        allow(
            [
                "sagemaker:AddTags",
                "sagemaker:DescribeModelPackage",
                "sagemaker:DescribeModelPackageGroup",
            ],
            models,
        ),
        register_undecided(models),
        *(allow_pass_role(subject.role(duty), service=SAGEMAKER) for duty in passed),
    ]
