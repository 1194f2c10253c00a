"""A clone of one of a project's repositories, in which programs run as its workflow runs them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from rehearsal.conductor.aws_accounts import AwsUser
from rehearsal.conductor.world import World


@dataclass(frozen=True)
class Done:
    """A program that has ended; `output` is of both streams."""

    exit_code: int
    output: str


@dataclass(frozen=True)
class Checkout:
    """The clone, and the environment of a program with a role's credentials."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def clone(
        cls, world: World, repository: str, token: str, folder: Path, user: AwsUser
    ) -> Checkout:
        """Fetch a repository, `owner/name`, with a GitHub token."""
        environment = {**world.person_environment(), **user.variables()}
        url = f"{world.github_url.replace('://', f'://x:{token}@')}/{repository}.git"
        made = cls(folder, environment)
        folder.mkdir()
        assert made.run("git", "clone", "--quiet", url, ".").exit_code == 0
        return made

    def run(self, *argv: str, **variables: str) -> Done:
        """Run a program in the clone to its end."""
        ended = subprocess.run(
            argv,
            cwd=self.folder,
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return Done(ended.returncode, ended.stdout)
