"""The README's examples load, and its table has exactly the keys that there are."""

import re
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path

import pytest
import yaml
from aws_cdk.assertions import Template
from pydantic import BaseModel

from deploy_endpoint.settings.project_settings import ProjectSettings
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import load_stages
from deploy_endpoint.stack.stage_app import build_app

from .conftest import ARN, ROOT

COMMANDS = ROOT / "vendor/deploy_endpoint/commands"
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIG = "AWS::SageMaker::EndpointConfig"
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


def test_its_example_changes_the_stack_of_prod_alone(repository: Path) -> None:
    (example,) = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
    shipped = (ROOT / "app.py").read_text(encoding="utf-8")
    head, _, tail = shipped.partition("class Endpoint(EndpointStack):")
    tail = tail.partition("\n\n\n")[2]
    app = repository / "app.py"
    app.write_text(f"{head}{example}\n\n{tail}", encoding="utf-8")
    endpoint = run_path(str(app))["Endpoint"]
    (repository / "config" / "stages.yml").write_text(EXAMPLES[1], encoding="utf-8")
    variants = {}
    for stage in ("dev", "prod"):
        made = build_app(endpoint, repository, {"MODEL_PACKAGE_ARN": ARN, "STAGE": stage})
        (stack,) = made.node.children
        (config,) = Template.from_stack(stack).find_resources(CONFIG).values()
        (variants[stage],) = config["Properties"]["ProductionVariants"]
    setting = "ContainerStartupHealthCheckTimeoutInSeconds"
    assert variants["prod"][setting] == 1200
    assert setting not in variants["dev"]


def test_its_commands_exist() -> None:
    modules = set(re.findall(r"python vendor (\w+)", README))
    assert {"admit_model", "integration_test", "stage_stack"} <= modules
    assert [m for m in modules if not (COMMANDS / f"{m}.py").exists()] == []
    targets = set(re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"setup", "status", "cost"} <= targets
    assert [t for t in targets if not re.search(rf"^{t}:.*## ", makefile, re.MULTILINE)] == []
