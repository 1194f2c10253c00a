#!/usr/bin/env bash
# Writes what the deploy repository carries of its vendored code: the schema of its settings, and
# the digest of each file, which its `check.yml` compares.
set -euo pipefail
cd "$(dirname "$0")/../seed_code/deploy_app/vendor"

../../../.venv/bin/python -B - <<'END'
import json

from deploy_endpoint.commands.check import DIGESTS, VENDOR, digests
from deploy_endpoint.settings.stage_settings import StagesSettings

schema = json.dumps(StagesSettings.model_json_schema(), indent=2, sort_keys=True)
(VENDOR / "stages.schema.json").write_text(f"{schema}\n", encoding="utf-8")
lines = (f"{digest}  {name}\n" for name, digest in sorted(digests(VENDOR).items()))
(VENDOR / DIGESTS).write_text("".join(lines), encoding="utf-8")
END
