"""ARNs of named things, in whatever partition, account and region the template is deployed."""

from aws_cdk import Aws

from mlops_sm_project_template.config import names

# Read once: each look at `Aws` is a call to the process that the CDK runs in.
PARTITION, REGION, ACCOUNT_ID = Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID
URL_SUFFIX = Aws.URL_SUFFIX


def regional(service: str, resource: str, *, account: str = ACCOUNT_ID) -> str:
    """ARN of a resource of this region, and of this account unless another is given."""
    return f"arn:{PARTITION}:{service}:{REGION}:{account}:{resource}"


def of_account(service: str, resource: str) -> str:
    """ARN of a resource of this account that is in no region."""
    return f"arn:{PARTITION}:{service}::{ACCOUNT_ID}:{resource}"


def iam(resource: str) -> str:
    """ARN of an IAM resource, such as `role/NAME`."""
    return f"arn:{PARTITION}:iam::{ACCOUNT_ID}:{resource}"


def s3(resource: str) -> str:
    """ARN of a bucket, or of objects as `BUCKET/KEY`."""
    return f"arn:{PARTITION}:s3:::{resource}"


def samples_bucket() -> str:
    """ARN of AWS's public bucket with the data set that a new project starts from."""
    return s3(f"sagemaker-servicecatalog-seedcode-{REGION}")


def model_package_group(project_id: str) -> str:
    """ARN pattern of a project's model package group.

    SageMaker writes names in ARNs in lower case, which CloudFormation cannot do with a project
    name; so the name is a wildcard, and the project id, unique by itself, decides.
    """
    return regional("sagemaker", f"model-package-group/*-{project_id}")


def model_packages(project_id: str, *, account: str = ACCOUNT_ID) -> str:
    """ARN pattern of the versions in a project's model package group (name as above)."""
    return regional("sagemaker", f"model-package/*-{project_id}/*", account=account)


def approval_table() -> str:
    """ARN of the table with claims and ledger."""
    return regional("dynamodb", f"table/{names.APPROVAL_TABLE}")


def pipeline(project_id: str) -> str:
    """ARN pattern of a project's pipeline (name as above)."""
    return regional("sagemaker", f"pipeline/*-{project_id}")


def endpoint_stacks(stack_name: str) -> str:
    """ARN pattern of a stack with an endpoint; CloudFormation ends it with an id of its own."""
    return regional("cloudformation", f"stack/{stack_name}/*")


def token_secret(name: str) -> str:
    """ARN pattern of a secret; Secrets Manager adds six random characters to its name."""
    return regional("secretsmanager", f"secret:{name}-*")


def pipeline_jobs() -> list[str]:
    """Jobs of pipeline steps: SageMaker names them pipelines-<execution>-<step>-<random>."""
    return [regional("sagemaker", f"{kind}-job/pipelines-*") for kind in ("processing", "training")]


def alarms(name: str) -> str:
    """ARN pattern of alarms, by the pattern of their names."""
    return regional("cloudwatch", f"alarm:{name}")


def scalable_targets() -> str:
    """Targets of Application Auto Scaling, which names them at random."""
    return regional("application-autoscaling", "scalable-target/*")


def scaling_service_role() -> str:
    """The role with which Application Auto Scaling changes endpoints, one an account."""
    service = "sagemaker.application-autoscaling.amazonaws.com"
    name = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    return iam(f"role/aws-service-role/{service}/{name}")


def hosting() -> list[str]:
    """Endpoints with their configurations and models, of any name."""
    kinds = ("endpoint", "endpoint-config", "model")
    return [regional("sagemaker", f"{kind}/*") for kind in kinds]
