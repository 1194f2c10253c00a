"""The stages of the project, in order: `config/stages.yml`."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError, model_validator

from deploy_endpoint.errors import SettingsError, explain
from deploy_endpoint.settings.project_settings import ProjectSettings
from deploy_endpoint.settings.serving_settings import STRICT
from deploy_endpoint.settings.stage import FIRST, StageSettings
from deploy_endpoint.settings.yaml_file import name_of, read_settings

STAGES_FILE = Path("config", "stages.yml")
DEFAULT_STAGE = FIRST
STAGE_NAMES = (FIRST, "staging", "prod")


class StagesSettings(BaseModel):
    """All stages of the project, in the order in which a model passes them."""

    model_config = STRICT

    stages: tuple[StageSettings, ...] = Field(
        min_length=1, description="a list of stages, dev first"
    )

    @model_validator(mode="after")
    def _refuse_disorder(self) -> "StagesSettings":
        names = [stage.name for stage in self.stages]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"stage {twice} is there {names.count(twice)} times; keep one")
        if names[0] != FIRST:
            raise ValueError(f"the first stage is {names[0]}; put {FIRST} before it")
        if names != sorted(names, key=STAGE_NAMES.index):
            raise ValueError(
                f"the stages are in the order {', '.join(names)}; write {', '.join(STAGE_NAMES)}"
            )
        return self

    @property
    def first(self) -> StageSettings:
        """The stage that an approved model enters."""
        return self.stages[0]

    def stage(self, name: str) -> StageSettings:
        """Find a stage by its name.

        Raises:
            SettingsError: there is none; the sentence names those that exist.
        """
        found = self.find(name)
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


def stage_name(name: str) -> str:
    """Return the name if a stage can have it, whether one has it now or not.

    Raises:
        SettingsError: no stage is called so.
    """
    if name not in STAGE_NAMES:
        raise SettingsError(f"No stage is called {name!r}; give one of: {', '.join(STAGE_NAMES)}.")
    return name


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
            _parse_stage(entry, f"{source}: {_label(entry, number)}", project)
            for number, entry in enumerate(entries, start=1)
        )
        values = {**values, "stages": parsed}
    try:
        return StagesSettings.model_validate(values)
    except ValidationError as error:
        raise explain(error, StagesSettings, source) from None


def _parse_stage(entry: Any, source: str, project: ProjectSettings | None) -> StageSettings:
    if not isinstance(entry, dict):
        raise SettingsError(f"{source} is {entry!r}; write a mapping that begins with its name.")
    try:
        stage = StageSettings.model_validate(entry)
    except ValidationError as error:
        raise explain(error, StageSettings, source) from None
    if project is not None:
        reason = next(project.misfits(stage), None)
        if reason is not None:
            raise SettingsError(f"{source}: {reason}.")
    return stage


def _label(entry: Any, number: int) -> str:
    """Name a stage as the file does, or by its place while it has no good name."""
    name = entry.get("name") if isinstance(entry, dict) else None
    return f"stage {name}" if name in STAGE_NAMES else f"stage {number}"
