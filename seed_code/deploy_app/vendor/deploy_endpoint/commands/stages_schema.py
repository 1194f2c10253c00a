"""Write `config/stages.schema.json`, by which editors complete and check the settings file.

It says what each key may hold. What cannot stand together, only the commands refuse.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from deploy_endpoint.settings.stage_settings import StagesSettings

SCHEMA_FILE = Path("config", "stages.schema.json")


def schema() -> str:
    """Make the schema from the models."""
    return json.dumps(StagesSettings.model_json_schema(), indent=2, sort_keys=True) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    argparse.ArgumentParser(prog="stages_schema", description=__doc__).parse_args(arguments)
    SCHEMA_FILE.write_text(schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
