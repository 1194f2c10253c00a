"""Act: the data scientist writes down the stages that a model is to pass."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from github import InputGitAuthor
from github.ContentFile import ContentFile

from rehearsal.acts.deployments import repository
from rehearsal.acts.stage import Stage
from rehearsal.github_setup import DATA_SCIENTIST

SETTINGS = "config/stages.yml"
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


def play(stage: Stage) -> None:
    """Let the file list the stages that were asked for."""
    write_settings(stage, [_settings(stage, name) for name in stage.options.stages])
    stage.say(f"{SETTINGS} lists {', '.join(stage.options.stages)}")


def serving_of(name: str) -> Mapping[str, Any]:
    """How a stage serves the model, as its settings say."""
    serving: Mapping[str, Any] = _STAGES[name]["serving"]
    return serving


def _settings(stage: Stage, name: str) -> dict[str, Any]:
    account = stage.options.stage_accounts.get(name)
    return {"name": name, **({"account": account} if account else {}), **_STAGES[name]}


def write_settings(stage: Stage, stages: Sequence[Mapping[str, Any]]) -> None:
    """Commit the settings file; what a stage leaves out has its default."""
    deploy = repository(stage)
    (present,) = _listed(deploy.get_contents(SETTINGS))
    text = yaml.safe_dump({"stages": list(stages)}, sort_keys=False)
    told = ", ".join(str(settings["name"]) for settings in stages)
    author = InputGitAuthor(DATA_SCIENTIST, f"{DATA_SCIENTIST}@users.noreply.localhost")
    deploy.update_file(SETTINGS, f"Deploy to {told}", text, present.sha, author=author)


def _listed(found: ContentFile | list[ContentFile]) -> list[ContentFile]:
    return found if isinstance(found, list) else [found]
