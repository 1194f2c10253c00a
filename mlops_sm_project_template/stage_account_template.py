"""Writes `stage_account.yml` of the deploy repository, so that people can read what they deploy.

    python -m mlops_sm_project_template.stage_account_template

It is made of the same constructs as the roles in the project's account. The file is committed; a
test tells when it is no longer what this makes.
"""

from pathlib import Path
from typing import Any

import yaml
from aws_cdk import App

from mlops_sm_project_template.templates.stage_account_stack import StageAccountStack

FILE = Path(__file__).resolve().parents[1] / "seed_code" / "deploy_app" / "stage_account.yml"
_HEAD = """\
# What a stage needs in an AWS account of its own; `make account STAGE=prod` makes a stack of it.
# The platform team's template writes this file, so change it there.
"""


def build() -> str:
    """Synthesize the stack and write it as YAML."""
    app = App(analytics_reporting=False, tree_metadata=False)
    stack = StageAccountStack(app, "StageAccount")
    template: dict[str, Any] = app.synth().get_stack_by_name(stack.stack_name).template
    for resource in template["Resources"].values():
        resource.get("Metadata", {}).pop("aws:cdk:path", None)
    return _HEAD + yaml.safe_dump(template, sort_keys=False, width=100)


if __name__ == "__main__":
    FILE.write_text(build(), encoding="utf-8")
