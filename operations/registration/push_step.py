"""The template as it is committed in the clone, pushed to its repository."""

import base64
import os
import subprocess
from dataclasses import dataclass

from github import GithubException, UnknownObjectException

from operations.errors import CommandFailedError, NotACloneError, PushOvertakenError
from operations.registration.setting import Setting

BRANCH = "main"


@dataclass(frozen=True)
class PushStep:
    """Pushes what is committed; what is not committed stays where it is."""

    setting: Setting
    title: str = "Push the template"

    def look(self) -> str:
        """Whether the repository has another commit."""
        head, there = self.head, self._pushed()
        if there == head:
            return ""
        if there and self._git_status("merge-base", "--is-ancestor", there, head):
            raise PushOvertakenError(self.setting.full_name, BRANCH)
        return f"push the commit {head[:7]} to {self.setting.full_name}"

    def do(self) -> None:
        """Push."""
        url = f"{self.setting.github.server_url}/{self.setting.full_name}.git"
        self._git("push", "--quiet", url, f"HEAD:refs/heads/{BRANCH}")

    @property
    def head(self) -> str:
        """The commit of the clone.

        Raises:
            NotACloneError: the folder is none.
        """
        if self._git_status("rev-parse", "--verify", "--quiet", "HEAD"):
            raise NotACloneError(str(self.setting.folder))
        return self._git("rev-parse", "HEAD")

    def _pushed(self) -> str:
        try:
            return self.setting.repository().get_branch(BRANCH).commit.sha
        except UnknownObjectException:
            return ""
        except GithubException as error:
            if error.status == 409:  # the repository is empty
                return ""
            raise

    def _git(self, *arguments: str) -> str:
        done = self._run(*arguments)
        if done.returncode:
            raise CommandFailedError(f"git {arguments[0]}", " ".join(done.stderr.split()))
        return done.stdout.strip()

    def _git_status(self, *arguments: str) -> int:
        return self._run(*arguments).returncode

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["git", *arguments],
            cwd=self.setting.folder,
            env={**os.environ, **self._credential()},
            capture_output=True,
            text=True,
            check=False,
        )

    def _credential(self) -> dict[str, str]:
        """The token as a setting of git; on a command line others could read it."""
        github = self.setting.github
        both = base64.b64encode(f"x-access-token:{github.token}".encode()).decode()
        return {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{github.server_url}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {both}",
        }
