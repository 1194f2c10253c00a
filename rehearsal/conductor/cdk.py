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


def bootstrap(world: World) -> None:
    """Bootstrap the project's account.

    Raises:
        RehearsalError: it failed; the log says why.
    """
    _cdk(world, "bootstrap", "--app", "", f"aws://{ACCOUNT}/{REGION}", folder=world.root)


@dataclass(frozen=True)
class Registration:
    """The stack of a copy of this project, by the commands that the README gives.

    Attributes:
        folder: the copy.
        settings: environment variables beside those without which nothing is synthesized.
    """

    world: World
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def synthesize(self) -> None:
        """Write the assembly, which the other commands need.

        Raises:
            RehearsalError: it failed; the log says why.
        """
        self._run("synth", "--quiet")

    def deploy(self) -> None:
        """Register what was synthesized.

        Raises:
            RehearsalError: it failed; the log says why.
        """
        self._run(*_ASSEMBLY, "deploy", "--all", "--require-approval", "never")

    def destroy(self) -> None:
        """Remove the product.

        Raises:
            RehearsalError: it failed; the log says why.
        """
        self._run(*_ASSEMBLY, "destroy", "--all", "--force")

    def _run(self, *arguments: str) -> None:
        variables = {
            "AWS_ACCOUNT": ACCOUNT,
            "AWS_REGION": REGION,
            "GITHUB_SERVER_URL": self.world.github_url,
            **self.settings,
        }
        _cdk(self.world, *arguments, folder=self.folder, variables=variables)


def _cdk(
    world: World, *arguments: str, folder: Path, variables: Mapping[str, str] | None = None
) -> None:
    log = world.logs / "cdk.log"
    env = {**world.person_environment(), **(variables or {})}
    try:
        run(["cdk", *arguments], cwd=folder, env=env, log=log)
    except subprocess.CalledProcessError as error:
        raise RehearsalError(f"`cdk {' '.join(arguments)}` failed.", log=log) from error
