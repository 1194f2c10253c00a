"""Act: the data scientist brings a table of their own into the build repository."""

import subprocess
from pathlib import Path

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.current_play import PROJECT_NAME, Play
from rehearsal.conductor.dataset import seed_dataset
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import DatasetError, RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.log_files import last_lines
from rehearsal.conductor.own_image import with_image
from rehearsal.conductor.synthetic_abalone import generate


def perform(play: Play) -> None:
    """Clone the repository, let its command propose the settings, upload the file and push."""
    full_name = f"{DATA_SCIENTIST}/{names.build_repository(PROJECT_NAME)}"
    _git(
        play,
        play.world.state,
        "clone",
        "--quiet",
        f"{play.world.github_url}/{full_name}.git",
        str(play.clone),
    )
    said = _propose(play)
    for line in said.splitlines():
        play.say(line)
    if play.options.image is not None:
        file = play.clone / "pipeline.toml"
        file.write_text(with_image(file.read_text(encoding="utf-8"), play.options.image), "utf-8")
    _git(play, play.clone, "add", "--all")
    _git(play, play.clone, "commit", "--quiet", "--message", "Take our own data")
    changed = _git(play, play.clone, "show", "--stat", "--format=", "HEAD").splitlines()
    _git(play, play.clone, "push", "--quiet", "origin", "main")
    commit = _git(play, play.clone, "rev-parse", "HEAD").strip()
    play.say(f"pushed {commit[:7]}:{changed[-1]}")
    play.facts["own_data"] = {"commit": commit, "changed": changed}


def _propose(play: Play) -> str:
    options, log = play.options, play.world.logs / "dataset.log"
    file, label = (options.data, options.label) if options.data else _default_table(play)
    argv = ["make", "--silent", "dataset", f"FILE={file}", f"LABEL={label}"]
    given = ["--upload", *(["--framework", options.framework] if options.framework else [])]
    env = {**play.world.person_environment(), **play.studio.variables()}
    try:
        return run([*argv, f"ARGS={' '.join(given)}"], cwd=play.clone, env=env, log=log)
    except subprocess.CalledProcessError as error:
        sentences = [line for line in last_lines(log, 3) if line.startswith("propose-dataset: ")]
        if sentences:
            said = sentences[-1].removeprefix("propose-dataset: ")
            raise DatasetError(f"The data cannot be trained on: {said}") from error
        raise RehearsalError("No settings could be proposed for the data.", log=log) from error


def _default_table(play: Play) -> tuple[Path, str]:
    """The shipped data as a table with a header, and its label."""
    file = play.world.state / "abalone.csv"
    dataset = seed_dataset()
    header = ",".join(column.name for column in dataset.columns)
    file.write_text("".join(f"{line}\n" for line in (header, *generate())), encoding="utf-8")
    return file, dataset.label


def _git(play: Play, cwd: Path, *arguments: str) -> str:
    problem = f"git {arguments[0]} of the build repository failed."
    return play.git(DATA_SCIENTIST, cwd, *arguments, problem=problem)
