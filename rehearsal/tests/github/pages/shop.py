"""A repository of the local GitHub without sockets, and what hostile people write into it."""

from __future__ import annotations

from rehearsal.github.git.git_objects import Signature
from rehearsal.github.repositories.repositories import find_repository
from rehearsal.tests.github.in_process_github import START, InProcessGitHub
from rehearsal.tests.github.pages.reading import HOSTILE, opened
from rehearsal.tests.github.pushes import make_commit

REPO = "/octo/shop"
TURNED = "\u202etxt.exe"
MARKUP = f"""<!-- a mark -->
# {HOSTILE}

| a | b |
|---|--:|
| [x](javascript:alert(1)) | ![p](https://evil.example/p.png) |

&#x202e;turned <img src=x onerror=alert(1)>
"""


class Shop:
    """A repository of octo's and ways to change it."""

    def __init__(self, github: InProcessGitHub) -> None:
        self.github = github
        github.rest("POST", "/user/repos", {"name": "shop", "auto_init": True})
        self.head = github.rest("GET", f"/repos{REPO}/git/ref/heads/main")["object"]["sha"]

    def commit(
        self, files: dict[str, str | None], message: str = "Change", branch: str = "main"
    ) -> str:
        folder = self.github.git_folder("octo/shop")
        sha = make_commit(folder, self.head, files, message)
        self.github.push("octo/shop", branch, sha)
        if branch == "main":
            self.head = sha
        return sha

    def chain(self, length: int) -> list[str]:
        """Commits on main that change nothing, oldest first."""
        git = self.github.github.git(find_repository(self.github.github, "octo", "shop"))
        who, tree = Signature("Octo", "octo@example.com", START), git.commit(self.head)
        assert tree is not None
        made = [self.head]
        for number in range(length):
            commit = git.write_commit(
                tree=tree.tree,
                parents=[made[-1]],
                author=who,
                committer=who,
                message=f"Number {number}.",
            )
            made.append(commit.sha)
        git.update_ref("refs/heads/main", made[-1], self.head)
        return made[1:]

    def lose(self, sha: str) -> None:
        """Whoever looks at this commit from now on, fails."""
        (self.github.git_folder("octo/shop") / "objects" / sha[:2] / sha[2:]).unlink()

    def open(self, address: str, status: int = 200) -> str:
        return opened(self.github, f"{REPO}{address}", status)
