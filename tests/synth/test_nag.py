"""cdk-nag's AwsSolutions pack has nothing left to say about the product's stacks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.acknowledged_findings import _reason

ROOT = Path(__file__).resolve().parents[2]
_SYNTHESIZE = """
import json

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from mlops_sm_project_template import acknowledged_findings
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.core_stage import CoreStage
from mlops_sm_project_template.templates.stage_account_stack import StageAccountStack


class Recorder:
    # Writes acknowledgments down, so that the pack bites and both can be compared.

    said = []

    def __init__(self, construct):
        self._path = construct.node.path

    of = classmethod(lambda cls, construct: cls(construct))

    def acknowledge(self, *acknowledgments):
        for acknowledgment in acknowledgments:
            self.said.append((self._path, acknowledgment.id.partition("::")[2]))


def synthesize(outdir):
    app = App(outdir=outdir, analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    CoreStage(app, "dev", settings=settings)
    StageAccountStack(app, "StageAccount")
    try:
        app.synth()
    except RuntimeError as found:
        return str(found)


settings = Settings(aws_account="111122223333", aws_region="eu-west-1")
refusals = {"acknowledged": synthesize("acknowledged")}
acknowledged_findings.Validations = Recorder
refusals["recorded"] = synthesize("recorded")
print(json.dumps({"refusals": refusals, "acknowledgments": Recorder.said}))
"""


@pytest.fixture(scope="module")
def outdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of two syntheses: one with our acknowledgments, one that only writes them down."""
    return tmp_path_factory.mktemp("nag")


@pytest.fixture(scope="module")
def said(outdir: Path) -> Any:
    """Which synthesis was refused, and what was acknowledged."""
    done = subprocess.run(
        [sys.executable, "-c", _SYNTHESIZE],
        cwd=outdir,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout)


def _violations(outdir: Path) -> list[dict[str, Any]]:
    report = json.loads((outdir / "validation-report.json").read_text(encoding="utf-8"))
    return [
        violation
        for plugin in report["pluginReports"]
        for violation in plugin.get("violations", [])
    ]


def test_nothing_is_found(outdir: Path, said: Any) -> None:
    assert said["refusals"]["acknowledged"] is None
    assert _violations(outdir / "acknowledged") == []


def test_every_finding_is_acknowledged_and_every_acknowledgment_meets_a_finding(
    outdir: Path, said: Any
) -> None:
    assert "AwsSolutions" in said["refusals"]["recorded"]
    found = {
        (construct["constructPath"], violation["ruleName"])
        for violation in _violations(outdir / "recorded")
        for construct in violation["violatingConstructs"]
    }
    assert {(path, rule) for path, rule in said["acknowledgments"]} == found
    assert {rule.partition("[")[0] for _, rule in found} == {
        f"AwsSolutions-{rule}" for rule in ("IAM5", "S1", "SQS3")
    }


@pytest.mark.parametrize("kind", ["*:*", "arn:aws:s3:::*", "arn:aws:iam::111122223333:role/*"])
def test_a_wildcard_of_no_known_kind_is_not_acknowledged(kind: str) -> None:
    assert not _reason(kind)
