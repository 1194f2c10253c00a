"""The products with their versions, which a function makes and keeps.

CloudFormation's own product is what its template lists: a registration would replace the version
that projects use. See docs/decisions/template-versions-stay.md.
"""

from dataclasses import dataclass
from typing import Any

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_servicecatalog as servicecatalog
from constructs import Construct

from mlops_sm_project_template.catalog_constructs.lambda_function import (
    FunctionSpec,
    LambdaFunction,
)
from mlops_sm_project_template.catalog_constructs.seed_assets import SeedAssets
from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.release import read_release
from mlops_sm_project_template.policy_statements import Statement, allow, document

_TIMEOUT_SECONDS = 300
# CloudFormation waits for three tries, with Lambda's pauses between them.
_SERVICE_TIMEOUT_SECONDS = 3 * _TIMEOUT_SECONDS + 300


@dataclass(frozen=True)
class ProductSpec:
    """A product, and the template of its version that is registered now."""

    name: str
    owner: str
    template: servicecatalog.ProductStack


class ProductVersions(Construct):
    """A function that publishes, and a custom resource for each product."""

    def __init__(self, scope: Construct, id_: str, *, assets: SeedAssets) -> None:
        super().__init__(scope, id_)
        self._assets = assets
        spec = FunctionSpec(
            name=names.VERSIONS_FUNCTION,
            handler="product_versions.handler.handle",
            description="Publishes versions of the SageMaker project template, and keeps old ones",
            timeout_seconds=_TIMEOUT_SECONDS,
            policy=document(*_keep_files(assets), *_publish()),
        )
        function = LambdaFunction(self, "Function", code=assets.functions, spec=spec)
        self._service_token = function.resource.get_att("Arn").to_string()

    def publish(self, id_: str, spec: ProductSpec) -> CustomResource:
        """Publish a version; the attributes are ProductId, VersionId and VersionName."""
        template = servicecatalog.CloudFormationTemplate.from_product_stack(spec.template)
        properties: dict[str, Any] = {
            "Distributor": f"{names.DISTRIBUTOR}/{id_}",
            "Name": spec.name,
            "Owner": spec.owner,
            "Description": spec.template.template_options.description,
            "Tags": {names.STUDIO_VISIBILITY_TAG: "true"},
            "Release": read_release(),
            "TemplateUrl": template.bind(self).http_url,
            "Files": [{"Bucket": one.bucket, "Key": one.key} for one in self._assets.uploads],
            "Bucket": self._assets.version_bucket,
        }
        return CustomResource(
            self,
            id_,
            resource_type="Custom::CatalogProduct",
            service_token=self._service_token,
            service_timeout=Duration.seconds(_SERVICE_TIMEOUT_SECONDS),
            properties=properties,
        )


def _keep_files(assets: SeedAssets) -> list[Statement]:
    uploaded = assets.upload_bucket
    bucket = arns.s3(assets.version_bucket)
    return [
        allow(["s3:GetObject"], [arns.s3(f"{uploaded}/*.json"), arns.s3(f"{uploaded}/*.zip")]),
        # Service Catalog reads a template there in the function's name.
        allow(["s3:GetObject", "s3:PutObject"], [f"{bucket}/*.json", f"{bucket}/*.zip"]),
        allow(
            [
                "s3:CreateBucket",
                "s3:ListBucket",
                "s3:PutBucketPolicy",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketVersioning",
            ],
            [bucket],
        ),
        # With the last product its versions' files go.
        allow(
            ["s3:DeleteBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"], [bucket]
        ),
        allow(
            ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            [f"{bucket}/*"],
        ),
    ]


def _publish() -> list[Statement]:
    return [
        allow(
            [
                "servicecatalog:CreateProduct",
                "servicecatalog:CreateProvisioningArtifact",
                "servicecatalog:DeleteProduct",
                "servicecatalog:DeleteProvisioningArtifact",
                "servicecatalog:DescribeProvisioningArtifact",
                "servicecatalog:ListProvisioningArtifacts",
                "servicecatalog:UpdateProduct",
                "servicecatalog:UpdateProvisioningArtifact",
            ],
            # Service Catalog makes up the ids of products.
            [arns.regional("catalog", "product/*")],
        ),
        # These know no resource: whose versions are in use is asked of all that is launched, and
        # Service Catalog validates a template in the function's name.
        allow(
            [
                "cloudformation:ValidateTemplate",
                "servicecatalog:DescribeRecord",
                "servicecatalog:ScanProvisionedProducts",
                "servicecatalog:SearchProductsAsAdmin",
            ],
            ["*"],
        ),
    ]
