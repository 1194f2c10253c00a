"""Command `get-pipeline-definition`: show the pipeline without touching AWS."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import warnings
from pathlib import Path

from ml_pipelines.command_line import add_common_arguments, import_pipeline_module, read_settings
from ml_pipelines.settings import SettingsError

EXAMPLES = """examples:
  get-pipeline-definition
  get-pipeline-definition --file-name definition.json
  get-pipeline-definition --module-name ml_pipelines.training.pipeline \\
      --kwargs '{"PIPELINE_NAME": "trial"}'
"""


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="get-pipeline-definition",
        description="Write the pipeline's definition as JSON; calls no AWS service.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common_arguments(parser)
    parser.add_argument(
        "-f", "--file-name", type=Path, help="file to write (default: standard output)"
    )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Write the definition; a refused setting ends in one sentence and exit code 1."""
    arguments = parse_arguments(argv)
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    warnings.simplefilter("ignore", UserWarning)
    try:
        project, settings = read_settings(arguments)
        module = import_pipeline_module(arguments.module_name, project)
        pipeline = module.get_pipeline(project, settings)
    except SettingsError as error:
        print(f"get-pipeline-definition: {error}", file=sys.stderr)
        return 1
    text = json.dumps(json.loads(pipeline.definition()), indent=2) + "\n"
    if arguments.file_name is None:
        sys.stdout.write(text)
    else:
        arguments.file_name.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
