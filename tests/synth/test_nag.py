"""cdk-nag's AwsSolutions pack has nothing left to say about the product's stacks."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_SYNTHESIZE = """
import json
import sys

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

    def acknowledge(self, acknowledgment):
        self.said.append((self._path, acknowledgment.id.partition("::")[2]))


if sys.argv[2] == "recorded":
    acknowledged_findings.Validations = Recorder
app = App(outdir=sys.argv[1], analytics_reporting=False)
Validations.of(app).add_plugins(AwsSolutionsChecks())
settings = Settings(aws_account="111122223333", aws_region="eu-west-1")
CoreStage(app, "dev", settings=settings)
StageAccountStack(app, "StageAccount")
try:
    app.synth()
finally:
    with open(f"{sys.argv[1]}/acknowledged.json", "w") as file:
        json.dump(Recorder.said, file)
"""


def _synthesize(outdir: Path, mode: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code, and the violations that are in the report."""
    done = subprocess.run(
        [sys.executable, "-c", _SYNTHESIZE, str(outdir), mode],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    report = json.loads((outdir / "validation-report.json").read_text(encoding="utf-8"))
    violations = [
        violation
        for plugin in report["pluginReports"]
        for violation in plugin.get("violations", [])
    ]
    return done.returncode, violations


def test_nothing_is_found(tmp_path: Path) -> None:
    assert _synthesize(tmp_path, "acknowledged") == (0, [])


def test_every_finding_is_acknowledged_and_every_acknowledgment_meets_a_finding(
    tmp_path: Path,
) -> None:
    code, violations = _synthesize(tmp_path, "recorded")
    assert code != 0
    found = {
        (construct["constructPath"], violation["ruleName"])
        for violation in violations
        for construct in violation["violatingConstructs"]
    }
    said = json.loads((tmp_path / "acknowledged.json").read_text(encoding="utf-8"))
    assert {(path, rule) for path, rule in said} == found
    assert {rule.partition("[")[0] for _, rule in found} == {
        f"AwsSolutions-{rule}" for rule in ("IAM5", "S1", "SQS3")
    }


@pytest.mark.parametrize("kind", ["*:*", "arn:aws:s3:::*", "arn:aws:iam::111122223333:role/*"])
def test_a_wildcard_of_no_known_kind_is_not_acknowledged(kind: str) -> None:
    script = (
        "from mlops_sm_project_template.acknowledged_findings import _reason;"
        f"raise SystemExit(bool(_reason({kind!r})))"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)
