"""What the job may do that reads the data of a project."""

from mlops_sm_project_template.config import arns
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.container_statements import run_jobs_containers
from mlops_sm_project_template.policy_statements import Statement, allow
from mlops_sm_project_template.rights.subject import Rights, Subject


def reader_rights(subject: Subject, settings: Settings, locations: list[Statement]) -> Rights:
    """Read the project's own data, and what lies in the locations.

    Args:
        subject: the project.
        settings: what the registration allows jobs.
        locations: statements about what lies outside the project's bucket.
    """
    return {
        "data": _data(subject),
        "container": run_jobs_containers(settings),
        "locations": locations,
    }


def _data(subject: Subject) -> list[Statement]:
    samples = arns.samples_bucket()
    return [
        allow(["s3:ListBucket"], [subject.bucket_arn, samples]),
        allow(["s3:GetObject"], [subject.objects("*"), f"{samples}/dataset/*"]),
        allow(
            ["s3:AbortMultipartUpload", "s3:PutObject"],
            [subject.objects(f"{subject.group_name}/*")],
        ),
        *subject.key.through_s3("kms:Decrypt", "kms:GenerateDataKey"),
        *subject.key.of_output(),
    ]
