"""Synthesizes this project as the CDK command line does, at most four times in a session.

AWS CDK validates the first; it costs as much as the synthesis, and changes nothing of it.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.synth.launched import launch_stages

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT, REGION = "111122223333", "eu-west-1"
LAKE_KEY = f"arn:aws:kms:{REGION}:222233334444:key/1a2b"
REGISTRY = f"222233334444.dkr.ecr.{REGION}.amazonaws.com"
STUDIO_ROLES = (
    f"arn:aws:iam::{ACCOUNT}:role/service-role/Team-B",
    f"arn:aws:iam::{ACCOUNT}:role/Team-C",
)
ALARM_TOPIC = f"arn:aws:sns:{REGION}:222233334444:alarms"
ALLOWED = {
    "ALARM_TOPIC_ARN": ALARM_TOPIC,
    "BOOTSTRAP_QUALIFIER": "company",
    "BUDGET_TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:costs",
    "DATA_LOCATIONS": (
        f"s3://lake/churn/ 222233334444 {LAKE_KEY}, s3://lake/rings/ 222233334444, s3://own.data/"
    ),
    "IMAGE_REPOSITORIES": f"{REGISTRY}/team/models, {REGISTRY}/rings",
    "JOBS_SUBNETS": "subnet-0123456789abcdef0, subnet-0123456789abcdef1",
    "JOBS_SECURITY_GROUPS": "sg-0123456789abcdef0",
    "ENDPOINT_SUBNETS": "subnet-0123456789abcdef2",
    "ENDPOINT_SECURITY_GROUPS": "sg-0123456789abcdef1",
    "KMS_KEY": "shared",
    "PRINCIPAL_ORG_ID": "o-0123456789",
    "STUDIO_ROLES": ", ".join(STUDIO_ROLES),
    "TAGS": "cost-center=4711, Team=ml platform",
}
CONFINED = {
    "DATA_LOCATIONS": f"s3://lake/churn/ 222233334444 {LAKE_KEY}",
    "KMS_KEY": "shared",
    "OPENID_CONNECT_ISSUER": "token.actions.githubusercontent.com/acme",
    "PERMISSIONS_BOUNDARY": f"arn:aws:iam::{ACCOUNT}:policy/company/Boundary",
    "ROLE_PATH": "/company/ml/",
    "ROLE_PREFIX": "acme-",
}
STAGE_ACCOUNT_FILE = ROOT / "seed_code" / "deploy_app" / "stage_account.yml"


@dataclass(frozen=True)
class Synthesis:
    """Where a synthesis went, and the two templates in it."""

    outdir: Path

    @property
    def assembly(self) -> Path:
        """The nested assembly that is deployed."""
        return self.outdir / "assembly-dev"

    @property
    def registration_file(self) -> Path:
        """Template of the stack MLOpsServiceCatalog."""
        manifest = json.loads((self.assembly / "manifest.json").read_text(encoding="utf-8"))
        (file,) = (
            artifact["properties"]["templateFile"]
            for artifact in manifest["artifacts"].values()
            if artifact["type"] == "aws:cloudformation:stack"
        )
        return self.assembly / file

    @property
    def product_file(self) -> Path:
        """Template that Service Catalog launches."""
        (file,) = self.assembly.glob("*.product.template.json")
        return file


def synthesize(outdir: Path, seed: str, *, validated: bool, **settings: str) -> Synthesis:
    """Run the app with what the command line hands over: `cdk.json` and an output folder."""
    config = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    context = {
        **config["context"],
        "aws:cdk:enable-path-metadata": config["pathMetadata"],
        "aws:cdk:enable-asset-metadata": config["assetMetadata"],
    }
    kept = {name: os.environ[name] for name in ("HOME", "JSII_NODE", "PATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={
            **kept,
            "AWS_ACCOUNT": ACCOUNT,
            "AWS_REGION": REGION,
            "GITHUB_SERVER_URL": "https://github.com",
            "CDK_OUTDIR": str(outdir),
            "CDK_CONTEXT_JSON": json.dumps(context),
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
            "PYTHONHASHSEED": seed,
            "CDK_VALIDATION": str(validated).lower(),
            **settings,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), "a synthesis has nothing to say"
    return Synthesis(outdir)


@pytest.fixture(scope="session")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """One synthesis, validated by AWS CDK."""
    return synthesize(tmp_path_factory.mktemp("cdk"), "1", validated=True)


@pytest.fixture(scope="session")
def second_synthesis(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """A synthesis of the same commit and settings by another process."""
    return synthesize(tmp_path_factory.mktemp("cdk"), "2", validated=False)


@pytest.fixture(scope="session")
def generous(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """A company's synthesis: projects may more than without a word, by a bootstrap of its own."""
    return synthesize(tmp_path_factory.mktemp("cdk"), "3", validated=False, **ALLOWED)


@pytest.fixture(scope="session")
def confined(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """A company's synthesis that demands its boundary, a path and a prefix of all roles."""
    return synthesize(tmp_path_factory.mktemp("cdk"), "4", validated=False, **CONFINED)


@pytest.fixture(scope="session")
def registration(synthesis: Synthesis) -> dict[str, Any]:
    """Template of the stack MLOpsServiceCatalog."""
    template: dict[str, Any] = json.loads(synthesis.registration_file.read_text(encoding="utf-8"))
    return template


@pytest.fixture(scope="session")
def any_product(synthesis: Synthesis) -> dict[str, Any]:
    """Template that Service Catalog launches, whatever the project's stages are."""
    template: dict[str, Any] = json.loads(synthesis.product_file.read_text(encoding="utf-8"))
    return template


@pytest.fixture(scope="session")
def product(any_product: dict[str, Any]) -> dict[str, Any]:
    """The same for a project with the stages that it has if nobody names others."""
    return launch_stages(any_product)


@pytest.fixture(scope="session")
def resources(product: dict[str, Any]) -> dict[str, Any]:
    """Resources of the product's template by logical id."""
    found: dict[str, Any] = product["Resources"]
    return found


@pytest.fixture(scope="session")
def stage_account() -> dict[str, Any]:
    """Template of the stack of a stage's own account."""
    template: dict[str, Any] = yaml.safe_load(STAGE_ACCOUNT_FILE.read_text(encoding="utf-8"))
    return template
