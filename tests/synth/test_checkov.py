"""checkov has nothing left to say about the templates, and each skip keeps one finding quiet."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.checkov import check

pytestmark = pytest.mark.proof("settings")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def templates(synthesis: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All templates of which stacks are made, in one folder."""
    folder = tmp_path_factory.mktemp("templates")
    shutil.copy(synthesis.registration_file, folder / "registration.template.json")
    shutil.copy(synthesis.product_file, folder / "product.template.json")
    shutil.copy(ROOT / "prerequisites" / "prerequisites.yml", folder)
    shutil.copy(ROOT / "seed_code" / "deploy_app" / "stage_account.yml", folder)
    return folder


def test_every_finding_is_skipped_with_a_reason_and_every_skip_meets_a_finding(
    templates: Path, tmp_path: Path
) -> None:
    with_skips = check(templates)
    assert with_skips["passed_checks"]
    assert with_skips["failed_checks"] == set()
    for file in templates.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".json":
            template = json.loads(text)
            for resource in template["Resources"].values():
                resource.get("Metadata", {}).pop("checkov", None)
            text = json.dumps(template)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    assert check(tmp_path)["failed_checks"] == with_skips["skipped_checks"]
