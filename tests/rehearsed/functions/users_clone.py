"""A user's clone: the real git client, whose commits reach the local GitHub."""

import subprocess
from pathlib import Path

from tests.rehearsed.functions.content_requests import Content

_IDENTITY = ("-c", "user.name=ada", "-c", "user.email=ada@example.com")
_UNPUSHED = "refs/users/pushed"


class UsersClone:
    """A working copy of the default branch."""

    def __init__(self, content: Content, folder: Path) -> None:
        self._content = content
        self.folder = folder
        origin = content.stage.github.git_folder(content.full_name)
        self._git("clone", "--quiet", str(origin), str(folder), cwd=folder.parent)
        # Both sides of a conflict are kept, the way a careful person would.
        (folder / ".git/info/attributes").write_text("* merge=union\n")

    def start_from(self, branch: str) -> None:
        """Check out what GitHub has."""
        self._git("fetch", "--quiet", "origin")
        self._git("checkout", "--quiet", "--force", "-B", "work", f"origin/{branch}")
        self._git("clean", "-fdq")

    def files(self) -> dict[str, list[str]]:
        """The lines of every file."""
        listed = self._git("ls-files").splitlines()
        return {path: (self.folder / path).read_text().splitlines() for path in listed}

    def write(self, path: str, lines: list[str]) -> None:
        """Write a file."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in lines))

    def commit_and_push(self, branch: str) -> None:
        """Record everything that changed."""
        self._git("add", "--all")
        self._git(*_IDENTITY, "commit", "--quiet", "--allow-empty", "-m", "Edit")
        self._push(branch)

    def merge_and_push(self, other: str, branch: str) -> None:
        """Merge a branch into another one by hand, keeping both sides where they conflict."""
        self.start_from(branch)
        merge = (*_IDENTITY, "merge", "--quiet", "--no-ff", "-m", "Merge by hand")
        self._git(*merge, f"origin/{other}", may_fail=True)
        if (self.folder / ".git/MERGE_HEAD").exists():
            self._git("add", "--all")  # what one side deleted and the other changed stays
            self._git(*_IDENTITY, "commit", "--quiet", "-m", "Merge by hand")
        self._push(branch)

    def _push(self, branch: str) -> None:
        """Bring the objects over, then move the branch as a push over HTTP does."""
        self._git("push", "--quiet", "--force", "origin", f"HEAD:{_UNPUSHED}")
        head = self._git("rev-parse", "HEAD").strip()
        self._content.stage.github.push(self._content.full_name, branch, head)
        self._content.git("update-ref", "-d", _UNPUSHED)

    def _git(self, *arguments: str, cwd: Path | None = None, may_fail: bool = False) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=cwd or self.folder, capture_output=True, check=not may_fail
        )
        return done.stdout.decode()
