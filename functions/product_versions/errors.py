"""What can stop a registration.

ProductError
├── SourceError         an uploaded file is missing or not what its name says
├── BucketTakenError    somebody else has the bucket of the versions
├── TemplateRefusedError  Service Catalog took the version and then did not accept its template
├── VersionsInUseError  the product is full of versions that projects use
└── RefusedError        AWS refused a step
"""

from invocation.aws_errors import AwsError, in_words, is_of_key, is_passing


class ProductError(Exception):
    """The product could not be published or removed."""


class SourceError(ProductError):
    """An uploaded file is missing or not what its name says."""

    def __init__(self, file: str, why: str, remedy: str = "synthesize and deploy again") -> None:
        super().__init__(f"The uploaded file {file} {why}; {remedy}.")


class BucketTakenError(ProductError):
    """The name of the bucket belongs to another account."""

    def __init__(self, bucket: str) -> None:
        super().__init__(
            f"The bucket {bucket}, which is to hold the product's versions, belongs to another "
            "account; register in another account or region."
        )


class TemplateRefusedError(ProductError):
    """Service Catalog found the template of a version wrong."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"Service Catalog did not accept the template of version {version}; validate it with "
            "CloudFormation, correct it and register again."
        )


class VersionsInUseError(ProductError):
    """No version can be deleted, and the product may have no more."""

    def __init__(self, product_id: str, count: int) -> None:
        super().__init__(
            f"All {count} versions of product {product_id} are in use, and it may have no more; "
            "bring projects of old versions to newer ones, then register again."
        )


class RefusedError(ProductError):
    """AWS refused a step."""

    def __init__(self, what: str, error: AwsError) -> None:
        refused = "was not able" if is_passing(error) else "refused"
        super().__init__(f"AWS {refused} to {what} ({in_words(error)}); {remedy(error)}.")


def remedy(error: AwsError) -> str:
    """Return what to do about an error of AWS, as the end of a sentence."""
    if is_passing(error):
        return "do the same again"
    cause = "enable the KMS key that it needs" if is_of_key(error) else "remove the cause"
    return f"{cause}, then do the same again"
