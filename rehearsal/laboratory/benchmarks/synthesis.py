"""`cdk synth` of this project, and its floor: an app of one stack with nothing in it.

CloudFormation knows no stack without resources, and the CDK refuses it; a wait condition's handle
is the resource without properties or effect.
"""

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

from rehearsal.laboratory.benchmarks.results import Sections, Tell
from rehearsal.laboratory.benchmarks.timing import Command, compare, time_in_turn

SYNTHESIS_AIM = 1.3
UNVALIDATED_SYNTHESIS_AIM = 1.6
_EMPTY_APP = """\
from aws_cdk import App, CfnWaitConditionHandle, Stack

app = App(analytics_reporting=False, tree_metadata=False)
CfnWaitConditionHandle(Stack(app, "Empty"), "Nothing")
app.synth()
"""
_ADDRESS = {
    "AWS_ACCOUNT": "111122223333",
    "AWS_REGION": "eu-west-1",
    "CDK_DISABLE_CLI_TELEMETRY": "true",
}


def measure_synthesis(root: Path, runs: int, tell: Tell) -> Sections:
    """Time this project and the empty app in turn, with one CLI, interpreter and cdk.json.

    Every synthesis writes to a new folder, so none finds what the one before left. Both are timed
    with the CDK's validation and without.
    """
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty"
        empty.mkdir()
        (empty / "app.py").write_text(_EMPTY_APP, encoding="utf-8")
        shutil.copy(root / "cdk.json", empty / "cdk.json")

        def synth(name: str, cwd: Path, validation: str, number: int) -> Command:
            output = Path(folder) / f"out-{cwd.name}-{validation}-{number}"
            command = ["cdk", "synth", "--quiet", "--output", str(output)]
            said = f"cdk synth of {name}, CDK_VALIDATION={validation}"
            return Command(said, command, cwd, _environment(validation))

        project, floor, bare_project, bare_floor = time_in_turn(
            [
                partial(synth, name, cwd, validation)
                for validation in ("true", "false")
                for name, cwd in (("this project", root), ("an empty app", empty))
            ],
            runs,
            tell,
        )
    return {
        "synthesis": compare(project, floor, SYNTHESIS_AIM),
        "synthesis_unvalidated": compare(bare_project, bare_floor, UNVALIDATED_SYNTHESIS_AIM),
    }


def _environment(validation: str) -> dict[str, str]:
    """The caller's environment without AWS credentials and profiles."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | _ADDRESS | {"CDK_VALIDATION": validation}
