"""`cdk synth` of this project, and its floor: an app of one stack with nothing in it.

CloudFormation knows no stack without resources, and the CDK refuses it; a wait condition's handle
is the resource without properties or effect.
"""

import os
import shutil
import tempfile
from pathlib import Path

from rehearsal.laboratory.benchmarks.results import Sections, Tell
from rehearsal.laboratory.benchmarks.timing import Command, compare, time_in_turn

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

    Every synthesis writes to a new folder, so none finds what the one before left.
    """
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty"
        empty.mkdir()
        (empty / "app.py").write_text(_EMPTY_APP, encoding="utf-8")
        shutil.copy(root / "cdk.json", empty / "cdk.json")

        def synth(name: str, cwd: Path, number: int) -> Command:
            output = Path(folder) / f"out-{cwd.name}-{number}"
            return Command(
                name, ["cdk", "synth", "--quiet", "--output", str(output)], cwd, _environment()
            )

        times = time_in_turn(
            [
                lambda number: synth("cdk synth of this project", root, number),
                lambda number: synth("cdk synth of an empty app", empty, number),
            ],
            runs,
            tell,
        )
    return {"synthesis": compare(*times)}


def _environment() -> dict[str, str]:
    """The caller's environment without AWS credentials and profiles."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | _ADDRESS
