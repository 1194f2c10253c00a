"""Offers a second version of the product: other seeds, and one variable more.

The template is the one that `cdk` made, so everything else of it is the same.
"""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.world import AwsUser

CHANGED_FILE = "README.md"
ADDED_LINE = "This line came with the second version of the seed."
ADDED_VARIABLE = "SEED_VERSION"
_CONTENT = "Custom::GitHubRepositoryContent"
_PRODUCT = "AWS::ServiceCatalog::CloudFormationProduct"


def offer_second_version(administrator: AwsUser, assembly: Path) -> None:
    """Upload the seeds and the template, and add the version to the registered product.

    Args:
        administrator: changes the registration stack.
        assembly: the cloud assembly from which the product was deployed.
    """
    s3, cloudformation = administrator.client("s3"), administrator.client("cloudformation")
    registration = json.loads(
        (assembly / _template_of_registration(assembly)).read_text(encoding="utf-8")
    )
    product = next(r for r in registration["Resources"].values() if r["Type"] == _PRODUCT)
    (first,) = product["Properties"]["ProvisioningArtifactParameters"]
    (file,) = assembly.glob("*.product.template.json")
    changed = json.loads(file.read_text(encoding="utf-8"))
    bucket = ""
    for resource in changed["Resources"].values():
        if resource["Type"] == _CONTENT:
            bucket = _change_content(s3, resource["Properties"])
    key = "second-version.template.json"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(changed).encode())
    url = {"Fn::Sub": f"https://s3.${{AWS::Region}}.${{AWS::URLSuffix}}/{bucket}/{key}"}
    second = {**first, "Name": "2.0", "Info": {"LoadTemplateFromURL": url}}
    product["Properties"]["ProvisioningArtifactParameters"] = [first, second]
    _update(s3, cloudformation, bucket, registration)


def _template_of_registration(assembly: Path) -> str:
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    stacks = [a for a in manifest["artifacts"].values() if a["type"] == "aws:cloudformation:stack"]
    return str(stacks[0]["properties"]["templateFile"])


def _change_content(s3: Any, properties: dict[str, Any]) -> str:
    """Point a repository's content at a changed seed; returns the bucket of the seeds."""
    bucket, key = str(properties["SeedBucket"]), str(properties["SeedKey"])
    seed = _changed_seed(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    properties["SeedKey"] = f"{hashlib.sha256(seed).hexdigest()}.zip"
    properties["Configuration"][ADDED_VARIABLE] = "2"
    s3.put_object(Bucket=bucket, Key=properties["SeedKey"], Body=seed)
    return bucket


def _changed_seed(seed: bytes) -> bytes:
    """The seed with one line more at the end of its README."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(seed)) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == CHANGED_FILE:
                content += f"\n{ADDED_LINE}\n".encode()
            new.writestr(entry, content)
    return changed.getvalue()


def _update(s3: Any, cloudformation: Any, bucket: str, template: dict[str, Any]) -> None:
    key = "second-registration.template.json"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(template).encode())
    kept = [
        {"ParameterKey": name, "UsePreviousValue": True} for name in template.get("Parameters", {})
    ]
    cloudformation.update_stack(
        StackName=names.STACK,
        TemplateURL=f"https://s3.eu-west-1.amazonaws.com/{bucket}/{key}",
        Parameters=kept,
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=names.STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
    )
