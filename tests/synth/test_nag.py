"""cdk-nag's AwsSolutions pack has nothing left to say about the product's stacks."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_SYNTHESIZE = """
import sys

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from mlops_sm_project_template import acknowledged_findings
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.core_stage import CoreStage

if sys.argv[2] == "unacknowledged":
    acknowledged_findings._WILDCARDS = ()
    acknowledged_findings._OTHERS = {}
app = App(outdir=sys.argv[1], analytics_reporting=False)
Validations.of(app).add_plugins(AwsSolutionsChecks())
settings = Settings(aws_account="111122223333", aws_region="eu-west-1")
CoreStage(app, "dev", settings=settings)
app.synth()
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


def test_without_acknowledgments_the_pack_bites(tmp_path: Path) -> None:
    code, violations = _synthesize(tmp_path, "unacknowledged")
    assert code != 0
    rules = json.dumps(violations)
    for rule in ("AwsSolutions-IAM5", "AwsSolutions-S1", "AwsSolutions-SQS3"):
        assert rule in rules


@pytest.mark.parametrize("kind", ["*:*", "arn:aws:s3:::*", "arn:aws:iam::111122223333:role/*"])
def test_a_wildcard_of_no_known_kind_is_not_acknowledged(kind: str) -> None:
    script = (
        "from mlops_sm_project_template.acknowledged_findings import _reason;"
        f"raise SystemExit(bool(_reason({kind!r})))"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)
