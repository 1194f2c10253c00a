"""Services by the names that people know."""

_NAMES = {
    "ce": "Cost Explorer",
    "cloudformation": "CloudFormation",
    "cloudwatch": "CloudWatch",
    "dynamodb": "DynamoDB",
    "logs": "CloudWatch Logs",
    "s3": "S3",
    "sagemaker": "SageMaker",
    "servicecatalog": "Service Catalog",
    "sts": "STS",
}


def service_name(name: str) -> str:
    """What people call a service that policies write in small letters; other names stay."""
    return _NAMES.get(name, name)
