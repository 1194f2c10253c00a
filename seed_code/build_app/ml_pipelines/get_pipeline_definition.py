"""Command `get-pipeline-definition`: show the pipeline without touching AWS."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ml_pipelines.command_line import (
    import_pipeline_module,
    pipeline_parser,
    read_settings,
    run_command,
)

EXAMPLES = """examples:
  get-pipeline-definition
  get-pipeline-definition --file-name definition.json
  get-pipeline-definition --module-name ml_pipelines.training.pipeline \\
      --kwargs '{"PIPELINE_NAME": "trial"}'
"""


def write_definition(arguments: argparse.Namespace) -> int:
    """Build the pipeline and write its definition."""
    project, settings = read_settings(arguments)
    module = import_pipeline_module(arguments.module_name, project)
    pipeline = module.get_pipeline(project, settings)
    text = json.dumps(json.loads(pipeline.definition()), indent=2) + "\n"
    if arguments.file_name is None:
        sys.stdout.write(text)
    else:
        arguments.file_name.write_text(text, encoding="utf-8")
    return 0


def main(argv: list[str] | None = None) -> int:
    """Write the definition."""
    parser = pipeline_parser(
        "get-pipeline-definition",
        description="Write the pipeline's definition as JSON; calls no AWS service.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "-f", "--file-name", type=Path, help="file to write (default: standard output)"
    )
    return run_command(parser, argv, write_definition)


if __name__ == "__main__":
    sys.exit(main())
