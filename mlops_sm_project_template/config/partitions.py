"""Partitions of AWS, which stand in each ARN."""

# The first that a region begins with; the others are in `aws`.
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
    """Partition of a region."""
    return next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")
