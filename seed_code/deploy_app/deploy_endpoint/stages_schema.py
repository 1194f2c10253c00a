"""Write `config/stages.schema.json`, by which editors complete and check the settings file.

It says what each key may hold. What cannot stand together, only the commands refuse.
"""

import json
from pathlib import Path

from deploy_endpoint.stage_settings import StagesSettings

SCHEMA_FILE = Path("config", "stages.schema.json")


def schema() -> str:
    """Make the schema from the models."""
    return json.dumps(StagesSettings.model_json_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema(), encoding="utf-8")
