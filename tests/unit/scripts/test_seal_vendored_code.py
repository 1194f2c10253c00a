"""What the deploy repository carries of its vendored code is in step with that code."""

import json

import pytest

from deploy_endpoint.commands.check import VENDOR, check_vendored
from deploy_endpoint.errors import VendoredCodeError
from deploy_endpoint.settings.stage_settings import StagesSettings

REMEDY = "run: scripts/seal-vendored-code.sh"


def test_every_file_has_its_digest() -> None:
    try:
        check_vendored(VENDOR)
    except VendoredCodeError as error:
        pytest.fail(f"{error} Or, here, {REMEDY}")


def test_the_schema_says_what_the_settings_say() -> None:
    written = json.loads((VENDOR / "stages.schema.json").read_text(encoding="utf-8"))
    assert written == StagesSettings.model_json_schema(), REMEDY


def test_the_settings_file_points_to_the_schema() -> None:
    file = VENDOR.parent / "config" / "stages.yml"
    first = file.read_text(encoding="utf-8").splitlines()[0]
    place = first.removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / place).resolve() == VENDOR / "stages.schema.json"
