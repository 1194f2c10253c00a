"""Command `lock-requirements`: pin what the scripts need, for the image's Python, with hashes."""

from __future__ import annotations

import argparse
import subprocess
import sys

from ml_pipelines.command_line import add_settings_file, command_parser, run_command
from ml_pipelines.settings import ROOT, SCRIPTS, SettingsError, read_pipeline_settings
from ml_pipelines.vendored_packages import REQUIREMENTS, find_uv, image_list, target

SOURCE = SCRIPTS / "requirements.in"
EXAMPLES = """example:
  echo "lightgbm>=4.6,<5" > source_scripts/requirements.in
  lock-requirements                      writes source_scripts/requirements.txt
"""


def lock(arguments: argparse.Namespace) -> int:
    """Let uv resolve, without the packages that the image has."""
    if not SOURCE.is_file():
        raise SettingsError(
            f"{SOURCE} does not exist; write what the scripts import, line by line."
        )
    image = image_list(read_pipeline_settings(arguments.settings_file).algorithm)
    argv = [find_uv(), "pip", "compile", "--quiet", "--generate-hashes", "--no-annotate"]
    argv += ["--custom-compile-command", "lock-requirements", *target(image)]
    argv += [f"source_scripts/{SOURCE.name}", "--output-file", f"source_scripts/{REQUIREMENTS}"]
    return subprocess.run(argv, cwd=ROOT, check=False).returncode


def main(argv: list[str] | None = None) -> int:
    """Write the lock."""
    parser = command_parser(
        "lock-requirements",
        description="Pin the packages of source_scripts/requirements.in, with hashes.",
        examples=EXAMPLES,
    )
    add_settings_file(parser)
    return run_command(parser, argv, lock)


if __name__ == "__main__":
    sys.exit(main())
