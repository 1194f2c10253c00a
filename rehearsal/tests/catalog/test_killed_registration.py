"""Lambda kills the function in a stack's update, and CloudFormation's next try ends the work."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.catalog.publisher import Publisher, open_publisher
from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import LocalAws, allow

_FUNCTIONS = Path(__file__).resolve().parents[3] / "functions"
# Dies at the first request of the operation that its variable names, and never again.
_DYING = """
import os, signal, boto3
from product_versions import handler

uploads = {"Bucket": os.environ["UPLOADS"], "Key": os.environ["OPERATION"]}
s3 = boto3.client("s3")
boto3.setup_default_session()

def die(**_):
    if "Contents" not in s3.list_objects_v2(Bucket=uploads["Bucket"], Prefix=uploads["Key"]):
        s3.put_object(**uploads, Body=b"died")
        os.kill(os.getpid(), signal.SIGKILL)

boto3.DEFAULT_SESSION.events.register(f"before-call.*.{os.environ['OPERATION']}", die)
handle = handler.handle
"""


def _bundle() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("dying.py", _DYING)
        for file in _FUNCTIONS.rglob("*.py"):
            archive.write(file, file.relative_to(_FUNCTIONS))
    return packed.getvalue()


def _resources(publisher: Publisher, number: int, operation: str) -> dict[str, Any]:
    uploads = publisher.shop.bucket
    code = {"S3Bucket": uploads, "S3Key": "functions.zip"}
    variables = {"UPLOADS": uploads, "OPERATION": operation}
    product = {
        "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
        "ServiceTimeout": 60,
        **publisher.properties(number),
    }
    return {
        "Role": role(allow("*")),
        "Function": function(
            "",
            Code=code,
            Handler="dying.handle",
            Timeout=60,
            Environment={"Variables": variables},
        ),
        "Product": {"Type": "Custom::CatalogProduct", "Properties": product},
    }


@pytest.mark.parametrize("operation", ["CreateProvisioningArtifact", "UpdateProvisioningArtifact"])
def test_a_registration_that_is_killed_between_two_steps_is_ended(
    aws: LocalAws, operation: str
) -> None:
    publisher = open_publisher(aws)
    publisher.s3.put_object(Bucket=publisher.shop.bucket, Key="functions.zip", Body=_bundle())
    stack = f"{publisher.name}-registration"
    created = aws.stack(stack, _resources(publisher, 1, "Nothing"))
    assert created["StackStatus"] == "CREATE_COMPLETE", aws.failures(stack)
    product, (first,) = publisher.product_id, publisher.versions()

    aws.client("cloudformation").update_stack(
        StackName=stack,
        TemplateBody=json.dumps({"Resources": _resources(publisher, 2, operation)}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    assert aws.settled(stack)["StackStatus"] == "UPDATE_COMPLETE", aws.failures(stack)
    died = publisher.s3.list_objects_v2(Bucket=publisher.shop.bucket, Prefix=operation)
    assert died["KeyCount"] == 1
    assert publisher.product_id == product
    assert list(publisher.versions().values()) == [(False, "DEPRECATED"), (True, "DEFAULT")]
    assert first in publisher.versions()

    assert aws.delete_stack(stack) == "DELETE_COMPLETE", aws.failures(stack)
    assert publisher.products() == []
    assert publisher.version_bucket not in publisher.buckets()
