"""An invented project, its AWS and a report of its pipeline; nothing depends on `project.env`."""

import io
import json
import os
import runpy
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from boto3.session import Session
from botocore.response import StreamingBody
from botocore.stub import Stubber

from deploy_endpoint.settings.project_settings import ProjectSettings, load_project

ROOT = Path(__file__).resolve().parents[3] / "seed_code/deploy_app"
ACCOUNT = "111122223333"
GROUP = "Abalone-p-abcdef123456"
OTHER_ACCOUNT = "222233334444"
ARN = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:model-package/{GROUP}/7"
PROJECT_ENV = f"""\
APPROVAL_GATE=environment
ARTIFACT_BUCKET=mlops-sm-project-p-abcdef123456
AWS_ACCOUNT={ACCOUNT}
AWS_REGION=eu-west-1
EXECUTION_ROLE_ARN=arn:aws:iam::{ACCOUNT}:role/mlops-p-abcdef123456-execution
KMS_KEY_ARN=arn:aws:kms:eu-west-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555
MODEL_PACKAGE_GROUP_NAME={GROUP}
OIDC_ISSUER=token.actions.githubusercontent.com
PROJECT_ID=p-abcdef123456
PROJECT_NAME=Abalone
REPOSITORY_ID=2
SUB_CLAIM_PREFIX=repo:octo@1/Abalone-deploy@2
ENVIRONMENTS=dev,staging,prod
SUB_CLAIM_PROD=repo:octo@1/Abalone-deploy@2:environment:prod
SUB_CLAIM_STAGING=repo:octo@1/Abalone-deploy@2:environment:staging
"""
# To be written below the stages that are shipped.
PROD_ELSEWHERE = f"""\
  - name: prod
    account: '{OTHER_ACCOUNT}'
    approval: registry
    serving:
      mode: serverless
"""

RECORDS = ["M,0.5,0.4,0.1,0.6,0.2,0.1,0.2", "I,0.3,0.2,0.1,0.1,0.1,0.1,0.1"]
PREDICTIONS = [9.5, 7.25]
DATA_SHA256 = "d" * 64

Stub = Callable[[str], tuple[Any, Stubber]]
_MAIN = runpy.run_path(str(ROOT / "vendor/__main__.py"))["main"]


def run_command(*arguments: str) -> None:
    """Run a command as `python vendor COMMAND ...` does."""
    _MAIN(arguments)


def evaluation(model_sha256: str) -> dict[str, Any]:
    """What the pipeline says of a model whose artifact has that digest."""
    return {
        "regression_metrics": {"rmse": {"value": 2.1, "standard_deviation": "NaN"}},
        "provenance": {"model_sha256": model_sha256, "data_sha256": DATA_SHA256},
        "sample": {"records": RECORDS, "predictions": PREDICTIONS},
    }


def add_object(s3: Stubber, uri: str, content: bytes | dict[str, Any]) -> None:
    """Let a client of S3 answer the next request with an object."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    s3.add_response(
        "get_object",
        {"Body": StreamingBody(io.BytesIO(body), len(body))},
        {"Bucket": bucket, "Key": key},
    )


def add_decisions(dynamodb: Stubber, item: dict[str, Any], opened_by: dict[str, str]) -> None:
    """Let a client of DynamoDB answer with what was decided of the version; nothing, if empty."""
    key = {"ClaimId": {"S": f"version {ARN.lower()}"}}
    stages = {"OpenedBy": {"M": {stage: {"S": who} for stage, who in opened_by.items()}}}
    dynamodb.add_response(
        "get_item",
        {"Item": {**key, **item, **stages}} if item else {},
        {"TableName": "mlops-sm-project-approvals", "Key": key, "ConsistentRead": True},
    )


@pytest.fixture
def stub() -> Iterator[Stub]:
    """Makes clients that give only the answers they were told, in order, and all of them."""
    made: list[Stubber] = []
    session = Session("testing", "testing", region_name="eu-west-1")

    def make(service: str) -> tuple[Any, Stubber]:
        client = session.client(service)
        made.append(stack.enter_context(Stubber(client)))
        return client, made[-1]

    with ExitStack() as stack:
        yield make
        for stubber in made:
            stubber.assert_no_pending_responses()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the repository's configuration and the invented project."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "project.env").write_text(PROJECT_ENV)
    for key in [key for key in os.environ if key.startswith(("AWS_", "GITHUB_"))]:
        monkeypatch.delenv(key)
    for key in ("INSTEAD_OF", "MODEL_PACKAGE_ARN", "STAGE"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def project(repository: Path) -> ProjectSettings:
    """The settings of the invented project."""
    return load_project(repository / "project.env", {})
