"""Runs checkov on CloudFormation templates."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHECKOV = ROOT / ".images" / "checkov" / "bin" / "checkov"


def check(folder: Path) -> dict[str, set[tuple[str, str]]]:
    """Check id and resource of what passed, failed and was skipped in the templates of a folder.

    Empty where checkov has no rule for any of the resources.
    """
    argv = [CHECKOV, "--directory", folder, "--framework", "cloudformation", "--output", "json"]
    done = subprocess.run(
        [*argv, "--skip-download", "--compact"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    report = json.loads(done.stdout)
    results = report.get("results", {})
    assert not results.get("parsing_errors")
    return {
        kind: {(found["check_id"], found["resource"]) for found in results.get(kind, [])}
        for kind in ("passed_checks", "failed_checks", "skipped_checks")
    }
