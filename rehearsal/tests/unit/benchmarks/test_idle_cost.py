"""The idle cost is the deploy repository's own estimate for a new project."""

import shutil
from pathlib import Path

import pytest

from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.benchmarks.idle_cost import measure_idle_cost

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with the deploy repository's seed alone."""
    seed = ROOT / "seed_code" / "deploy_app"
    for folder in ("config", "vendor"):
        shutil.copytree(seed / folder, tmp_path / "seed_code" / "deploy_app" / folder)
    return tmp_path


def test_a_new_project_costs_its_key_and_its_secret(root: Path) -> None:
    cost = measure_idle_cost(root, lambda _what: None)
    assert cost["dollars"] == pytest.approx(1.00 + 0.40)
    assert cost["dollars"] <= cost["aim_dollars"] < cost["reference_dollars"]


def test_settings_that_cost_more_show(root: Path) -> None:
    (root / "seed_code/deploy_app/config/stages.yml").write_text(
        "stages:\n  - {name: dev, approval: automatic, serving: {mode: realtime, instance_type: "
        "ml.m5.large, instance_count: 1}}\n"
    )
    assert measure_idle_cost(root, lambda _what: None)["dollars"] > 80


def test_an_estimate_that_fails_is_told(root: Path) -> None:
    (root / "seed_code/deploy_app/config/prices.yml").unlink()
    with pytest.raises(RehearsalError, match=r"estimate .* failed with 1: .*prices\.yml"):
        measure_idle_cost(root, lambda _what: None)
