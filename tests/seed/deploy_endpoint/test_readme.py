"""The README's examples load, and its table has exactly the keys that there are."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from deploy_endpoint.settings.project_settings import ProjectSettings
from deploy_endpoint.settings.stage_settings import StageSettings, load_stages

from .conftest import ROOT

COMMANDS = ROOT / "vendor/deploy_endpoint/commands"
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.+?)```", README, re.DOTALL)


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every key that the file may hold, with dots; a mapping stands for its own keys."""
    for name, field in model.model_fields.items():
        nested = list(models(field.annotation))
        if not nested:
            yield prefix + name
        for inner in nested:
            yield from keys(inner, f"{prefix}{name}.")


def models(annotation: object) -> Iterator[type[BaseModel]]:
    candidates = (annotation, *getattr(annotation, "__args__", ()))
    return (c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))


def test_its_table_has_every_key_and_no_other() -> None:
    table = README.split("| key of a stage | value |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)) == set(keys(StageSettings))


@pytest.mark.parametrize("text", EXAMPLES)
def test_its_examples_are_valid(repository: Path, project: ProjectSettings, text: str) -> None:
    path = repository / "config" / "stages.yml"
    path.write_text(text)
    assert load_stages(path, project).first.name == "dev"


def test_there_is_an_example_of_every_serving_mode() -> None:
    last = [yaml.safe_load(text)["stages"][-1]["serving"]["mode"] for text in EXAMPLES]
    assert last[:2] == ["serverless", "realtime"]


def test_its_commands_exist() -> None:
    modules = set(re.findall(r"python vendor (\w+)", README))
    assert {"admit_model", "integration_test", "report_outcome", "stage_stack"} <= modules
    assert [m for m in modules if not (COMMANDS / f"{m}.py").exists()] == []
    targets = set(re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"setup", "status", "cost"} <= targets
    assert [t for t in targets if not re.search(rf"^{t}:.*## ", makefile, re.MULTILINE)] == []
