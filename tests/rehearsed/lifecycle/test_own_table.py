"""A data scientist's own table goes from a file to predictions and a card, by settings alone."""

from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from rehearsal.conductor.dataset import seed_script
from rehearsal.tests.containers.own_image import make_own_image
from tests.rehearsed.command import SECONDS, processes_of, read_report, rehearse
from tests.rehearsed.lifecycle.repository_variables import set_variables
from tests.rehearsed.lifecycle.tables import TABLES, Table

pytestmark = pytest.mark.timeout(SECONDS)
FRAMEWORKS = ("xgboost", "scikit-learn")
IN_TEST = ("shop", "xgboost")
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("table", "framework"),
    [
        pytest.param(
            table,
            framework,
            id=f"{table.name} by {framework}",
            marks=() if (table.name, framework) == IN_TEST else pytest.mark.proof("tables"),
        )
        for table in TABLES
        for framework in FRAMEWORKS
    ],
)
def test_a_table_is_learnt_and_served_by_settings_alone(
    table: Table, framework: str, clone: Path, tmp_path: Path
) -> None:
    file = table.write(tmp_path, ROOT / ".images/xgboost/bin/python")
    given = ["--data", str(file), "--label", table.label, "--framework", framework]
    done = rehearse(clone, *given)
    assert done.returncode == 0, done.stdout + done.stderr
    facts: dict[str, Any] = read_report(clone)["facts"]
    name, least, most = table.metric
    assert least <= facts["metrics"][name] <= most
    changed = {line.split("|")[0].strip() for line in facts["own_data"]["changed"][:-1]}
    script = {"source_scripts/train.py"} if framework == "scikit-learn" else set()
    assert changed == {"dataset.toml", "pipeline.toml"} | script
    assert len(facts["predictions"]) == 5
    assert f"task: {table.task};" in done.stdout
    check_card(facts["model_card"], name)
    assert processes_of(clone) == []


NETWORK = {"JOBS_SUBNETS": "subnet-0123456789abcdef0", "JOBS_SECURITY_GROUPS": "sg-01234567"}
JOBS = f"""subnets = ["{NETWORK["JOBS_SUBNETS"]}"]
security_groups = ["{NETWORK["JOBS_SECURITY_GROUPS"]}"]
training_spot = true
training_max_wait_seconds = 7200
"""


def let_jobs_join_a_network(clone: Path) -> None:
    """Register what the variables of the repository would say, and let jobs ask for it."""
    set_variables(clone, NETWORK)
    settings = clone / "seed_code/build_app/pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[jobs]\n", f"[jobs]\n{JOBS}"), encoding="utf-8")


def check_card(address: str, metric: str) -> None:
    """Look whether the address is that of a page about the metric, with pictures."""
    page = Path(urlparse(address).path).read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert seed_script("metrics").METRICS[metric].title in page
    assert "<svg" in page


@pytest.mark.proof("tables")
@pytest.mark.parametrize("framework", [None, "scikit-learn"], ids=["by itself", "by a script"])
def test_an_image_of_one_s_own_trains_and_serves(
    framework: str | None, clone: Path, tmp_path: Path
) -> None:
    (clone / ".images").unlink()
    (clone / ".images").mkdir()
    for installed in (ROOT / ".images").iterdir():
        (clone / ".images" / installed.name).symlink_to(installed)
    let_jobs_join_a_network(clone)
    make_own_image(clone / ".images/own/team/models", ROOT / ".images/xgboost/bin/python")
    chosen = [] if framework is None else ["--framework", framework]
    done = rehearse(clone, "--image", "team/models", *chosen)
    assert done.returncode == 0, done.stdout + done.stderr
    facts: dict[str, Any] = read_report(clone)["facts"]
    assert 0.3 <= facts["metrics"]["r2"] <= 0.8
    assert len(facts["predictions"]) == 5
    assert processes_of(clone) == []
