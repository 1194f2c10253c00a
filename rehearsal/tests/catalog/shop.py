"""A portfolio with one product, registered by CloudFormation, and people who may use it."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, allow, trust, wait_for

Keys = tuple[str | None, ...]
SECRET = "ghp_never_shown"
_numbers = itertools.count(1)

# A queue, a bucket, a resource that can be made to fail, and one that a function provides.
TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "SageMakerProjectName": {"Type": "String", "Default": ""},
        "SageMakerProjectId": {"Type": "String", "Default": ""},
        "Owner": {
            "Type": "String",
            "AllowedPattern": "^[a-z]+$",
            "ConstraintDescription": "lower-case letters",
        },
        "Token": {"Type": "String", "NoEcho": True, "Default": "none"},
        "Bucket": {"Type": "String", "Default": ""},
        "Broken": {"Type": "String", "Default": "no"},
        "Provider": {"Type": "String", "Default": ""},
    },
    "Conditions": {
        "HasBucket": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Bucket"}, ""]}]},
        "IsBroken": {"Fn::Equals": [{"Ref": "Broken"}, "yes"]},
        "HasProvider": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Provider"}, ""]}]},
    },
    "Resources": {
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {"Tags": [{"Key": "owner", "Value": {"Ref": "Owner"}}]},
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Condition": "HasBucket",
            "Properties": {"BucketName": {"Ref": "Bucket"}},
        },
        "Broken": {
            "Type": "AWS::KMS::Alias",
            "Condition": "IsBroken",
            "DependsOn": "Queue",
            "Properties": {"AliasName": "no-prefix", "TargetKeyId": "k"},
        },
        "Thing": {
            "Type": "Custom::Thing",
            "Condition": "HasProvider",
            "Properties": {"ServiceToken": {"Ref": "Provider"}, "ServiceTimeout": 10},
        },
    },
    "Outputs": {"QueueName": {"Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}},
}


@dataclass
class Shop:
    """One registered product."""

    aws: LocalAws
    stack: str
    bucket: str
    launch_role: str
    user: Keys
    outsider: Keys
    product_id: str = ""
    portfolio_id: str = ""

    def upload(self, key: str, template: dict[str, Any]) -> str:
        body = json.dumps(template).encode()
        self.aws.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"https://s3.eu-west-1.amazonaws.com/{self.bucket}/{key}"

    def resources(self, *versions: tuple[str, str]) -> dict[str, Any]:
        artifacts = [{"Name": n, "Info": {"LoadTemplateFromURL": url}} for n, url in versions]
        pair = {"PortfolioId": {"Ref": "Portfolio"}, "ProductId": {"Ref": "Product"}}
        user_role = f"arn:aws:iam::{ACCOUNT}:role/{self.stack}-user"
        return {
            "Portfolio": _typed("Portfolio", DisplayName="Shop", ProviderName="us"),
            "Product": _typed(
                "CloudFormationProduct",
                Name=f"Thing of {self.stack}",
                Owner="us",
                ProvisioningArtifactParameters=artifacts,
                Tags=[{"Key": "sagemaker:studio-visibility", "Value": "true"}],
            ),
            "Held": _typed("PortfolioProductAssociation", **pair),
            "User": _typed(
                "PortfolioPrincipalAssociation",
                PortfolioId={"Ref": "Portfolio"},
                PrincipalARN=user_role,
                PrincipalType="IAM",
            ),
            "Launch": {
                **_typed("LaunchRoleConstraint", **pair, RoleArn=self.launch_role),
                "DependsOn": "Held",
            },
        }

    def register(self, *versions: tuple[str, str]) -> None:
        outputs = {
            "Product": {"Value": {"Ref": "Product"}},
            "Portfolio": {"Value": {"Ref": "Portfolio"}},
        }
        stack = self.aws.stack(self.stack, self.resources(*versions), template={"Outputs": outputs})
        assert stack["StackStatus"] == "CREATE_COMPLETE", self.aws.failures(self.stack)
        values = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
        self.product_id, self.portfolio_id = values["Product"], values["Portfolio"]

    def catalog(self, keys: Keys | None = None) -> Any:
        return self.aws.client("servicecatalog", keys or self.user)

    def sagemaker(self, keys: Keys | None = None) -> Any:
        return self.aws.client("sagemaker", keys or self.user)

    def provision(self, name: str, token: str = "t", **parameters: str) -> dict[str, Any]:
        given = [{"Key": k, "Value": v} for k, v in {"Owner": "ann", **parameters}.items()]
        record: dict[str, Any] = self.catalog().provision_product(
            ProductId=self.product_id,
            ProvisioningArtifactName="1.0",
            ProvisionedProductName=name,
            ProvisionToken=token,
            ProvisioningParameters=given,
        )["RecordDetail"]
        return record

    def ended(self, record: dict[str, Any]) -> dict[str, Any]:
        """The answer of DescribeRecord when nothing happens any more."""
        catalog = self.catalog()

        def look() -> dict[str, Any] | None:
            answer: dict[str, Any] = catalog.describe_record(Id=record["RecordId"])
            return None if "PROGRESS" in answer["RecordDetail"]["Status"] else answer

        found: dict[str, Any] = wait_for(look, what="the end of the record")
        return found

    def status(self, name: str) -> dict[str, Any]:
        detail: dict[str, Any] = self.catalog().describe_provisioned_product(Name=name)
        return dict(detail["ProvisionedProductDetail"])


def open_shop(aws: LocalAws) -> Shop:
    """Register a product under names of its own."""
    name = f"shop{next(_numbers)}"
    aws.client("s3").create_bucket(
        Bucket=f"{name}-templates", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    launch_role = aws.role(
        f"{name}-launch",
        trust({"Service": "servicecatalog.amazonaws.com"}),
        allow("*"),
    )
    person = aws.user(f"{name}-person", allow("sts:AssumeRole"))
    people = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/{name}-person"})
    powers = allow(["servicecatalog:*", "sagemaker:*"])
    user = aws.assume(aws.role(f"{name}-user", people, powers), person)
    outsider = aws.assume(aws.role(f"{name}-outsider", people, powers), person)
    shop = Shop(aws, name, f"{name}-templates", launch_role, user, outsider)
    shop.register(("1.0", shop.upload("one.json", TEMPLATE)))
    return shop


def _typed(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::ServiceCatalog::{kind}", "Properties": properties}
