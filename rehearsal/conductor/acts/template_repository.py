"""The platform engineer's repository of this template: committed on the machine, then pushed."""

from pathlib import Path

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.github_setup import PLATFORM_ENGINEER

NAME = "mlops-sm-project-template"
# It lives as long as a play: what costs time and saves room or power failures is left out.
_FAST = ["-c", "core.looseCompression=0", "-c", "core.fsync=none"]


def folder(play: Play) -> Path:
    """The clone on the machine."""
    return play.world.state / "project"


def create(play: Play) -> None:
    """Commit the files of this project, uncommitted changes included, to a fresh repository."""
    root, copy = play.world.root, folder(play)
    problem = "This folder is not a git repository; rehearse in a clone of the project."
    listing = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = _git(play, root, *listing, problem=problem)
    for name in filter(None, listed.split("\0")):
        source, target = root / name, copy / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)
    _git(play, copy, "init", "--quiet", "--initial-branch=main")
    commit(play, "The project as it stands here")


def commit(play: Play, message: str) -> None:
    """Commit whatever has changed in the clone."""
    _git(play, folder(play), *_FAST, "add", "--all", "--force")
    _git(play, folder(play), *_FAST, "commit", "--quiet", "--message", message)


def push(play: Play) -> None:
    """Push the clone to the local GitHub."""
    url = f"{play.world.github_url}/{PLATFORM_ENGINEER}/{NAME}.git"
    problem = "The project could not be pushed to the local GitHub."
    _git(play, folder(play), "push", "--quiet", url, "main", problem=problem)


def _git(
    play: Play,
    cwd: Path,
    *arguments: str,
    problem: str = "The project could not be committed to a repository of its own.",
) -> str:
    return play.git(PLATFORM_ENGINEER, cwd, *arguments, problem=problem)
