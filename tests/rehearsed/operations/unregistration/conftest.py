"""An account in which the template is registered, beside a product of somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from operations.aws_session import identity
from operations.installation import STACK
from operations.registration import prerequisites_step
from operations.unregistration.setting import DISTRIBUTOR, TABLE, Setting
from rehearsal.tests.catalog.shop import TEMPLATE, Shop, open_shop
from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, Keys, LocalAws

ROOT = Path(__file__).resolve().parents[4]
ROLE = "AmazonSageMaker-ExecutionRole"
SUBJECT = "repo:octo@1/mlops-sm-project-template@2"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"


@dataclass
class Registered(Shop):
    """The template's stack as far as its removal is concerned: product, portfolio and table."""

    theirs: str = ""

    def resources(self, *versions: tuple[str, str]) -> dict[str, Any]:
        found = super().resources(*versions)
        found["Product"]["Properties"]["Distributor"] = f"{DISTRIBUTOR}/BasicProjectStack"
        user_role = f"arn:aws:iam::{ACCOUNT}:role/{self.theirs}-user"
        found["User"]["Properties"]["PrincipalARN"] = user_role
        return found | {"Table": _table()}

    def exists(self, stack: str = STACK) -> bool:
        """Whether a stack is there."""
        listed = self.aws.client("cloudformation").list_stacks()["StackSummaries"]
        return stack in {
            one["StackName"] for one in listed if one["StackStatus"] != "DELETE_COMPLETE"
        }

    def table(self) -> dict[str, Any] | None:
        """The table; None if it is gone."""
        dynamodb = self.aws.client("dynamodb")
        if TABLE not in dynamodb.list_tables()["TableNames"]:
            return None
        table: dict[str, Any] = dynamodb.describe_table(TableName=TABLE)["Table"]
        return table

    def products(self) -> list[str]:
        """Names of all products of the account."""
        found = self.aws.client("servicecatalog").search_products_as_admin()
        return [view["ProductViewSummary"]["Name"] for view in found["ProductViewDetails"]]


def _table() -> dict[str, Any]:
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "Properties": {
            "TableName": TABLE,
            "AttributeDefinitions": [{"AttributeName": "ClaimId", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "ClaimId", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": True,
        },
    }


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path / "aws").start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def registered(aws: LocalAws) -> Registered:
    """The template is registered, and the prerequisites made the provider."""
    theirs = open_shop(aws)
    made = Registered(
        aws, STACK, theirs.bucket, theirs.launch_role, theirs.user, theirs.outsider, "", ""
    )
    made.theirs = theirs.stack
    made.register(("1.0", made.upload("ours.json", TEMPLATE)))
    prepare(aws)
    return made


def prepare(aws: LocalAws, **more: str) -> None:
    """Deploy the prerequisites."""
    iam = aws.client("iam")
    if ROLE not in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}")
    parameters = {
        "ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "ExecutionRoleName": ROLE,
        "RepositorySubject": SUBJECT,
        **more,
    }
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName=prerequisites_step.STACK,
        TemplateBody=(ROOT / "prerequisites" / "prerequisites.yml").read_text(encoding="utf-8"),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": parameters[key]} for key in parameters],
    )
    assert aws.settled(prerequisites_step.STACK)["StackStatus"] == "CREATE_COMPLETE"


@pytest.fixture
def setting(registered: Registered, monkeypatch: pytest.MonkeyPatch) -> Setting:
    """Whoever has all rights, and wants to keep all data."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", registered.aws.url)
    return setting_of(registered.aws.root_keys)


def setting_of(keys: Keys, *deleted: str) -> Setting:
    """The same for whoever has these keys."""
    key, secret, token = keys
    session = boto3.Session(key, secret, token, region_name=REGION)
    return Setting(session, identity(session), frozenset(deleted), _no_sleep)


def _no_sleep(_seconds: float) -> None:
    """The local AWS takes its time by itself; a request takes some, too."""
