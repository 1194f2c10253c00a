"""The project's own `cdk`, run in the clone for one account and region."""

import os
import subprocess
import sys
from pathlib import Path

from operations.company_settings import QUALIFIER
from operations.errors import CommandFailedError
from operations.registration.setting import Setting


def run_cdk(setting: Setting, *arguments: str) -> None:
    """Run the project's own `cdk` in the clone.

    Raises:
        CommandFailedError: it failed; its last lines say why.
    """
    # The app is run by `python3`, which must be the one that has the app's packages.
    own = [Path(sys.executable).parent, setting.folder / "node_modules" / ".bin"]
    path = os.pathsep.join([*map(str, own), os.environ.get("PATH", os.defpath)])
    env = {**os.environ, "PATH": path, "AWS_REGION": setting.identity.region}
    env |= {
        QUALIFIER: setting.qualifier,
        "AWS_ACCOUNT": setting.identity.account,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
    env |= setting.found_settings
    argv = ["cdk", *arguments]
    try:
        done = subprocess.run(
            argv, cwd=setting.folder, env=env, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise CommandFailedError("cdk", "it is not installed; run `make setup`") from None
    if done.returncode:
        raise CommandFailedError(f"cdk {arguments[0]}", _last_words(done.stdout + done.stderr))


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[-3:]) or "it said nothing"
