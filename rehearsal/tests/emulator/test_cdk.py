"""The real CDK command line: bootstrap, deploy and destroy, as the registration role does it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    REGION,
    ROOT_KEYS,
    LocalAws,
    allow,
    tool,
    trust,
)


def _cdk(
    aws: LocalAws, folder: Path, keys: tuple[str | None, ...], *arguments: str
) -> subprocess.CompletedProcess[str]:
    access_key, secret, token = keys
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": str(access_key),
        "AWS_SECRET_ACCESS_KEY": str(secret),
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
    if token:
        environment["AWS_SESSION_TOKEN"] = token
    command = [tool("cdk"), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def bootstrapped(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> LocalAws:
    folder = tmp_path_factory.mktemp("bootstrap")
    done = _cdk(aws, folder, ROOT_KEYS, "bootstrap", f"aws://{ACCOUNT}/{REGION}")
    assert done.returncode == 0, done.stderr
    return aws


@pytest.fixture(scope="module")
def registrar(bootstrapped: LocalAws) -> tuple[str | None, ...]:
    """A role that may do nothing but assume the roles of the bootstrap."""
    user = bootstrapped.user("registrar", allow("sts:AssumeRole"))
    role = bootstrapped.role(
        "registration",
        trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/registrar"}),
        allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/cdk-*"),
    )
    return bootstrapped.assume(role, user)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthesized app of one stack with a file asset, as `cdk synth` writes it."""
    import aws_cdk as cdk
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_s3_assets as assets

    folder = tmp_path_factory.mktemp("app")
    (folder / "asset.txt").write_text("content")
    app = cdk.App(outdir=str(folder / "cdk.out"), analytics_reporting=False)
    environment = cdk.Environment(account=ACCOUNT, region=REGION)
    stack = cdk.Stack(app, "Registered", env=environment)
    asset = assets.Asset(stack, "Asset", path=str(folder / "asset.txt"))
    s3.CfnBucket(stack, "Bucket", bucket_name="registered-bucket")
    cdk.CfnOutput(stack, "AssetUrl", value=asset.s3_object_url)
    app.synth()
    return folder


def test_a_role_that_only_assumes_the_bootstrap_roles_deploys_and_destroys(
    bootstrapped: LocalAws, registrar: Any, assembly: Path
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        bootstrapped.client("cloudformation", registrar).list_stacks()

    common = ("--app", "cdk.out", "--require-approval", "never", "--outputs-file", "outputs.json")
    done = _cdk(bootstrapped, assembly, registrar, "deploy", "--all", *common)
    assert done.returncode == 0, done.stderr
    assert "Proceeding anyway" not in done.stderr
    url = json.loads((assembly / "outputs.json").read_text())["Registered"]["AssetUrl"]
    bucket, key = url.removeprefix("s3://").split("/", 1)
    body = bootstrapped.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert body == b"content"
    assert bootstrapped.client("s3").head_bucket(Bucket="registered-bucket")

    done = _cdk(bootstrapped, assembly, registrar, "destroy", "--app", "cdk.out", "--all", "-f")
    assert done.returncode == 0, done.stderr
    with pytest.raises(ClientError, match="404"):
        bootstrapped.client("s3").head_bucket(Bucket="registered-bucket")


def test_the_staging_bucket_refuses_plain_http_by_policy_but_takes_ours(
    bootstrapped: LocalAws,
) -> None:
    bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
    s3 = bootstrapped.client("s3")
    assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    assert s3.put_object(Bucket=bucket, Key="probe", Body=b"x")["ETag"]
