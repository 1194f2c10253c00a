"""The stages of the project, in order: `config/stages.yml`."""

import re
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError, model_validator

from deploy_endpoint.errors import SettingsError, explain
from deploy_endpoint.settings.project_settings import ProjectSettings
from deploy_endpoint.settings.serving_settings import STRICT
from deploy_endpoint.settings.stage import NAME_PATTERN, StageSettings, of_the_first
from deploy_endpoint.settings.yaml_file import name_of, read_settings

STAGES_FILE = Path("config", "stages.yml")


class StagesSettings(BaseModel):
    """All stages of the project, in the order in which a model passes them."""

    model_config = STRICT

    stages: tuple[StageSettings, ...] = Field(
        min_length=1, description="a list of stages, first to last"
    )

    @model_validator(mode="after")
    def _refuse_disorder(self) -> "StagesSettings":
        names = [stage.name for stage in self.stages]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"stage {twice} is there {names.count(twice)} times; keep one")
        return self

    @property
    def first(self) -> StageSettings:
        """The stage that an approved model enters."""
        return self.stages[0]

    def stage(self, name: str) -> StageSettings:
        """Find a stage by its name; without a name, the first.

        Raises:
            SettingsError: there is none; the sentence names those that exist.
        """
        found = self.find(name) if name else self.first
        if found is not None:
            return found
        known = ", ".join(stage.name for stage in self.stages)
        raise SettingsError(
            f"{STAGES_FILE.as_posix()} has no stage {name!r}; add it or choose one of: {known}; if "
            "it still serves a model, the workflow Remove endpoint takes that away."
        )

    def find(self, name: str) -> StageSettings | None:
        """Find a stage by its name; None if it is not, or no longer, in the list."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def after(self, name: str) -> StageSettings | None:
        """Find the stage that follows a stage, if any."""
        following = self.stages.index(self.stage(name)) + 1
        return self.stages[following] if following < len(self.stages) else None


def stage_name(name: str, project: ProjectSettings) -> str:
    """Return the name if the project has roles for it, whether a stage has it now or not.

    Without a name it is the first stage's.

    Raises:
        SettingsError: no stage is called so.
    """
    names = project.stage_names
    if name and name not in names:
        raise SettingsError(f"No stage is called {name!r}; give one of: {', '.join(names)}.")
    return name or names[0]


def load_stages(path: Path, project: ProjectSettings | None = None) -> StagesSettings:
    """Read the stages; given the project, refuse also what does not fit it.

    Raises:
        SettingsError: the file is missing, is not YAML, or a setting is wrong or unknown, or two
            settings cannot stand together.
    """
    return parse_stages(read_settings(path), name_of(path), project)


def parse_stages(
    values: dict[Any, Any], source: str, project: ProjectSettings | None = None
) -> StagesSettings:
    """Make the stages from the content of the file named `source`."""
    entries = values.get("stages")
    if isinstance(entries, list) and entries:
        # Each stage by itself, so that a refusal can name the stage.
        parsed = tuple(
            _parse_stage(entry, f"{source}: {_label(entry, number)}", project, is_first=number == 1)
            for number, entry in enumerate(entries, start=1)
        )
        _check_first(parsed[0], source, project)
        values = {**values, "stages": parsed}
    try:
        return StagesSettings.model_validate(values)
    except ValidationError as error:
        raise explain(error, StagesSettings, source) from None


def _check_first(stage: StageSettings, source: str, project: ProjectSettings | None) -> None:
    """Let a model enter where nobody else is asked: the first stage's environment has no reviewer.

    Raises:
        SettingsError: another stage is first.
    """
    first = project.stage_names[0] if project else stage.name
    if stage.name != first:
        raise SettingsError(
            f"{source}: the first stage is {stage.name}; put {first} before it, which the "
            "project's parameter Stages has first."
        )


def _parse_stage(
    entry: Any, source: str, project: ProjectSettings | None, *, is_first: bool
) -> StageSettings:
    if not isinstance(entry, dict):
        raise SettingsError(f"{source} is {entry!r}; write a mapping that begins with its name.")
    try:
        stage = StageSettings.model_validate(entry)
    except ValidationError as error:
        raise explain(error, StageSettings, source) from None
    reasons = chain(
        of_the_first(stage) if is_first else (), project.misfits(stage) if project else ()
    )
    for reason in reasons:
        raise SettingsError(f"{source}: {reason}.")
    return stage


def _label(entry: Any, number: int) -> str:
    """Name a stage as the file does, or by its place while it has no good name."""
    name = entry.get("name") if isinstance(entry, dict) else None
    is_name = isinstance(name, str) and re.fullmatch(NAME_PATTERN, name)
    return f"stage {name}" if is_name else f"stage {number}"
