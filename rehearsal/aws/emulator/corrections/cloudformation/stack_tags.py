"""The tags of a stack reach every resource that takes tags, those of our services included.

Source: CloudFormation user guide, "Resource tag" ("the tags are propagated to all resources that
support tagging").
"""

from __future__ import annotations

from ministack.services.cloudformation import provisioners

_TAGGED_TYPES = (
    "AWS::IAM::OIDCProvider",
    "AWS::S3::Bucket",
    "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Model",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::ServiceCatalog::CloudFormationProduct",
    "AWS::ServiceCatalog::Portfolio",
)


def apply() -> None:
    """Name the property that takes the tags, which is `Tags` in each of these types."""
    for cfn_type in _TAGGED_TYPES:
        provisioners._STACK_TAG_PROPERTY[cfn_type] = ("Tags", "list")
