"""The CDK's bootstrap, made where its qualifier has none."""

import os
import subprocess
from dataclasses import dataclass

from operations.bootstrap import DEFAULT_QUALIFIER, LEAST_VERSION, find_bootstrap
from operations.errors import BootstrapTooOldError, CommandFailedError
from operations.registration.setting import Setting


@dataclass(frozen=True)
class BootstrapStep:
    """Runs `cdk bootstrap`; an existing one is never changed."""

    setting: Setting
    title: str = "Bootstrap the account for the CDK"

    def look(self) -> str:
        """What is missing."""
        where = self._environment_url
        version = find_bootstrap(self.setting.client("ssm"), self.setting.qualifier)
        if version is None:
            return f"bootstrap {where} with the qualifier {self.setting.qualifier}"
        if version < LEAST_VERSION:
            raise BootstrapTooOldError(where, version, LEAST_VERSION)
        return ""

    def do(self) -> None:
        """Bootstrap."""
        qualifier = self.setting.qualifier
        own = [] if qualifier == DEFAULT_QUALIFIER else ["--qualifier", qualifier]
        own += [] if not own else ["--toolkit-stack-name", f"CDKToolkit-{qualifier}"]
        # Without an app nothing is synthesized, for which settings would have to be there.
        run_cdk(self.setting, "bootstrap", "--app", "", *own, self._environment_url)

    @property
    def _environment_url(self) -> str:
        identity = self.setting.identity
        return f"aws://{identity.account}/{identity.region}"


def run_cdk(setting: Setting, *arguments: str) -> None:
    """Run the project's own `cdk` in the clone.

    Raises:
        CommandFailedError: it failed; its last lines say why.
    """
    own = setting.folder / "node_modules" / ".bin"
    path = os.pathsep.join([str(own), os.environ.get("PATH", os.defpath)])
    env = {**os.environ, "PATH": path, "AWS_REGION": setting.identity.region}
    env |= {"AWS_ACCOUNT": setting.identity.account, "CDK_DISABLE_CLI_TELEMETRY": "true"}
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
