"""Which partition of AWS a region lies in."""

from mlops_sm_project_template.config.refused_values import RefusedValueError

# What its regions' names begin with; the others are in `aws`.
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "us-iso-": "aws-iso",
    "eusc-": "aws-eusc",
}


def partition_of(region: str) -> str:
    """The partition, as ARNs name it."""
    return next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")


def check_partition(arn: str, region: str, refusal: type[RefusedValueError]) -> None:
    """Refuse an ARN of another partition than the region's.

    Raises:
        RefusedValueError: of the kind that is given; write the partition that it names.
    """
    partition = partition_of(region)
    if arn.split(":")[1] != partition:
        raise refusal(f"{arn} is not in this region's partition; write arn:{partition}:…")
