"""The card of a model version, which the build repository's own command renders."""

import subprocess
import sys

from github.ContentFile import ContentFile
from github.Repository import Repository

from rehearsal.checkout import ROOT
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import RehearsalError

_SEED = ROOT / "seed_code/build_app"


def write(play: Play, repository: Repository, version: int) -> str:
    """Render the card of a version and return its address on this machine.

    Raises:
        RehearsalError: the command failed.
    """
    project = repository.get_contents("project.env")
    assert isinstance(project, ContentFile)  # noqa: S101 # the seed has this file
    settings, card = play.world.state / "project.env", play.world.state / "model-card.html"
    settings.write_bytes(project.decoded_content)
    argv = [sys.executable, "-m", "ml_pipelines.model_card", "--version", str(version)]
    argv += ["--project-file", str(settings), "--output", str(card)]
    paths = f"{_SEED}:{_SEED / 'source_scripts'}"
    person = {**play.world.person_environment(), **play.studio.variables()}
    log = play.world.logs / "model-card.log"
    try:
        run(argv, cwd=play.world.state, env={**person, "PYTHONPATH": paths}, log=log)
    except subprocess.CalledProcessError as error:
        raise RehearsalError("The model card could not be rendered.", log=log) from error
    return card.as_uri()
