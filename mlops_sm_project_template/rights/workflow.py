"""What a deploy workflow may do to one stage."""

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.policy_statements import (
    CLOUDFORMATION,
    DEPLOY_STACK,
    Statement,
    allow,
    allow_pass_role,
    decisions_of,
    of_stage,
    read_ledger,
)
from mlops_sm_project_template.rights.subject import Rights, Subject


def workflow_rights(subject: Subject, *, cloudformation_role_arn: str) -> Rights:
    """Deploy the stage, read what there is to deploy, and report what became of it."""
    return {
        "deploy": deploy_stage(
            stage=subject.stage,
            project_id=subject.project_id,
            project_name=subject.project_name,
            cloudformation_role_arn=cloudformation_role_arn,
        ),
        "model": _read_model(subject),
        "report": _report(subject),
    }


def deploy_stage(
    *, stage: str, project_id: str, project_name: str, cloudformation_role_arn: str
) -> list[Statement]:
    """Allow to change the stack of a stage by CloudFormation's role, and to ask its endpoint.

    So it is in whichever account the stage lies.
    """
    endpoint = names.endpoint(project_name, stage)
    use_endpoint = ["sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"]
    return [
        allow(DEPLOY_STACK, [arns.endpoint_stacks(names.endpoint_stack(project_id, stage))]),
        allow_pass_role(cloudformation_role_arn, service=CLOUDFORMATION),
        allow(use_endpoint, [arns.regional("sagemaker", f"endpoint/{endpoint}")]),
        # SageMaker writes ARNs in lower case, so this finds the endpoint of `MyProject`.
        allow(
            use_endpoint,
            [arns.regional("sagemaker", "endpoint/*")],
            conditions=of_stage(project_id, stage),
        ),
    ]


def _read_model(subject: Subject) -> list[Statement]:
    """Read the version and what was decided of it, its report, and its artifact's digest."""
    return [
        allow(["sagemaker:DescribeModelPackage"], [arns.model_packages(subject.project_id)]),
        # No resource is documented that a list is judged on.
        allow(["sagemaker:ListModelPackages"], ["*"]),
        allow(["s3:GetObject"], [subject.objects(f"{subject.group_name}/*")]),
        *subject.key.through_s3("kms:Decrypt"),
        read_ledger(decisions_of(subject.project_id)),
    ]


def _report(subject: Subject) -> list[Statement]:
    source = names.report_source(subject.project_id, subject.stage)
    return [
        allow(
            ["events:PutEvents"],
            [arns.regional("events", "event-bus/default")],
            conditions={
                "StringEquals": {
                    "events:source": source,
                    "events:detail-type": names.REPORT_EVENT,
                }
            },
        )
    ]
