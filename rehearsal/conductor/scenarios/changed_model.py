"""A further version of the model, from a change that a data scientist pushes."""

from github.ContentFile import ContentFile

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import build
from rehearsal.conductor.acts.current_play import PROJECT_NAME, Play
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.waiting.patience import EVENT_STILL_SECONDS


def build_changed_model(play: Play, path: str, old: str, new: str, message: str) -> str:
    """Change a file of the build repository, wait for the model, and return its ARN.

    Raises:
        RehearsalError: the file is not as expected, or the build failed.
    """
    repository = play.github(DATA_SCIENTIST).get_repo(
        f"{DATA_SCIENTIST}/{names.build_repository(PROJECT_NAME)}"
    )
    file = repository.get_contents(path)
    text = file.decoded_content.decode() if isinstance(file, ContentFile) else ""
    if old not in text:
        raise RehearsalError(f"{path} of the build repository does not hold {old!r}.")
    before = repository.get_workflow("build.yml").get_runs().totalCount
    assert isinstance(file, ContentFile)  # noqa: S101 # said so above
    repository.update_file(path, message, text.replace(old, new, 1), file.sha)
    play.wait(
        "The build of the changed model",
        lambda: (
            True if repository.get_workflow("build.yml").get_runs().totalCount > before else None
        ),
        seconds=EVENT_STILL_SECONDS,
    )
    build.perform(play)
    return str(play.facts["model_package_arn"])
