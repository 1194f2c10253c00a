"""What the build workflow of a project may do."""

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.policy_statements import (
    SAGEMAKER,
    allow,
    allow_pass_role,
    read_ledger,
)
from mlops_sm_project_template.rights.subject import Rights, Subject


def build_rights(subject: Subject) -> Rights:
    """Upload the steps' scripts, and define and start the pipeline."""
    id_ = subject.project_id
    return {
        "build": [
            # The steps' scripts, and neither data nor models, which are the pipeline's own.
            allow(["s3:PutObject"], [subject.objects(f"{subject.group_name}/code/*")]),
            *subject.key.through_s3("kms:GenerateDataKey"),
            allow(
                [
                    "sagemaker:AddTags",
                    "sagemaker:CreatePipeline",
                    "sagemaker:DescribePipeline",
                    "sagemaker:StartPipelineExecution",
                    "sagemaker:UpdatePipeline",
                ],
                [arns.pipeline(id_)],
            ),
            allow_pass_role(subject.role("execution"), service=SAGEMAKER),
            # With which version a new one is compared, and where its archive is.
            read_ledger(names.live_item(f"*-{id_}")),
            allow(["sagemaker:DescribeModelPackage"], [arns.model_packages(id_)]),
        ]
    }
