"""The published schema says what the models say."""

from deploy_endpoint.commands.stages_schema import SCHEMA_FILE, schema

from ..conftest import ROOT


def test_the_schema_is_in_step_with_the_models() -> None:
    assert (ROOT / SCHEMA_FILE).read_text(encoding="utf-8") == schema(), "run: make schema"


def test_the_settings_file_points_to_it() -> None:
    first = (ROOT / "config" / "stages.yml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_FILE.name}"
