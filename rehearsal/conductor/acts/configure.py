"""Act: the data scientist writes down the stages that a model is to pass.

As the deploy repository's README says: by a pull request, which is merged when its check has passed
and told what the stages cost.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from github import InputGitAuthor
from github.ContentFile import ContentFile
from github.PullRequest import PullRequest

from rehearsal.conductor.acts import company
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.deployments import repository
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST

SETTINGS = "config/stages.yml"
_BRANCH = "stages"
_COST = "### Monthly cost in US dollars"
# Each kind of gate, of serving and of change that is played is there once.
_STAGES: dict[str, dict[str, Any]] = {
    "dev": {
        "approval": "automatic",
        "serving": {"mode": "serverless", "memory_mib": 2048, "max_concurrency": 5},
    },
    "staging": {
        "approval": "environment",
        "serving": {"mode": "serverless", "memory_mib": 3072, "max_concurrency": 10},
    },
    "prod": {
        "approval": "registry",
        "serving": {
            "mode": "realtime",
            "instance_type": "ml.m5.large",
            "instance_count": 2,
            "autoscaling": {"max_instances": 3, "invocations_per_instance_per_minute": 600},
        },
        "deployment": {"policy": "canary"},
    },
}


def perform(play: Play) -> None:
    """Let the file list the stages that were asked for."""
    deploy = repository(play)
    deploy.create_git_ref(f"refs/heads/{_BRANCH}", deploy.get_branch("main").commit.sha)
    stages = [settings_of(play, name) for name in play.options.stages]
    write_settings(play, stages, branch=_BRANCH)
    listed = ", ".join(play.options.stages)
    pull = deploy.create_pull(base="main", head=_BRANCH, title=f"Deploy to {listed}")
    play.wait_for_run(deploy, "check.yml")
    play.facts["monthly_cost"] = _cost(pull)
    pull.merge()
    play.say(f"{SETTINGS} lists {listed}; the pull request was checked, priced and merged")


def _cost(pull: PullRequest) -> str:
    """The table that the check commented.

    Raises:
        RehearsalError: it did not.
    """
    (text, *_) = [*(c.body for c in pull.get_issue_comments() if _COST in c.body), ""]
    if not text:
        raise RehearsalError(f"Nobody commented on {pull.html_url} what the stages cost.")
    return text[text.index(_COST) :]


def serving_of(play: Play, name: str) -> Mapping[str, Any]:
    """How a stage serves the model, as its settings say."""
    serving: Mapping[str, Any] = _kind(play, name)["serving"]
    return serving


def _kind(play: Play, name: str) -> Mapping[str, Any]:
    """The settings of the stage of that name, or of the one in its place."""
    if name in _STAGES:
        return _STAGES[name]
    places = list(_STAGES.values())
    return places[min(play.options.stages.index(name), len(places) - 1)]


def settings_of(play: Play, name: str) -> dict[str, Any]:
    """The entry of a stage in the file."""
    account = play.options.stage_accounts.get(name)
    kind = dict(_kind(play, name))
    if play.options.company and kind["serving"]["mode"] == "realtime":
        kind |= company.network()
    return {"name": name, **({"account": account} if account else {}), **kind}


def write_settings(
    play: Play, stages: Sequence[Mapping[str, Any]], *, branch: str = "main"
) -> None:
    """Commit the settings file; what a stage leaves out has its default."""
    deploy = repository(play)
    (present,) = _listed(deploy.get_contents(SETTINGS, ref=branch))
    text = yaml.safe_dump({"stages": list(stages)}, sort_keys=False)
    told = ", ".join(str(settings["name"]) for settings in stages)
    author = InputGitAuthor(DATA_SCIENTIST, f"{DATA_SCIENTIST}@users.noreply.localhost")
    deploy.update_file(
        SETTINGS, f"Deploy to {told}", text, present.sha, branch=branch, author=author
    )


def _listed(found: ContentFile | list[ContentFile]) -> list[ContentFile]:
    return found if isinstance(found, list) else [found]
