"""What an account's administrator does with the real `cdk`: bootstrap, register the template."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.world import World

_ASSEMBLY = ("--app", "./cdk.out/assembly-dev")


@dataclass(frozen=True)
class Cdk:
    """`cdk` in a folder; a command that fails is a `RehearsalError` with its log.

    Attributes:
        folder: this project, or a copy of it.
        settings: environment variables beside those without which nothing is synthesized.
    """

    world: World
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def bootstrap(self) -> None:
        """Bootstrap the project's account."""
        self._run("bootstrap", "--app", "", f"aws://{ACCOUNT}/{REGION}")

    def synthesize(self) -> None:
        """Write the assembly, which the other commands need."""
        self._run("synth", "--quiet")

    def deploy(self) -> None:
        """Register what was synthesized."""
        take_up = "--import-existing-resources"
        self._run(*_ASSEMBLY, "deploy", "--all", take_up, "--require-approval", "never")

    def destroy(self) -> None:
        """Remove the product."""
        self._run(*_ASSEMBLY, "destroy", "--all", "--force")

    def _run(self, *arguments: str) -> None:
        log = self.world.logs / "cdk.log"
        env = {
            **self.world.person_environment(),
            "AWS_ACCOUNT": ACCOUNT,
            "AWS_REGION": REGION,
            "GITHUB_SERVER_URL": self.world.github_url,
            **self.settings,
        }
        try:
            run(["cdk", *arguments], cwd=self.folder, env=env, log=log)
        except subprocess.CalledProcessError as error:
            raise RehearsalError(f"`cdk {' '.join(arguments)}` failed.", log=log) from error
