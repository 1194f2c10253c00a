"""Many launches at once, by one user, within GitHub's own limits on writes."""

from pathlib import Path

import pytest

from rehearsal.trials.ground import open_ground
from rehearsal.trials.storm import launch_at_once

ROOT = Path(__file__).resolve().parents[3]
# Three writes each: more than the 80 that GitHub allows in a minute.
LAUNCHES = 50


@pytest.mark.timeout(900)
def test_all_end_launched_though_github_asks_some_to_wait(tmp_path: Path) -> None:
    with open_ground(ROOT, tmp_path / "state", lanes=1) as ground:
        report = launch_at_once(ground, LAUNCHES, seconds=600)
    assert report.failures == []
    assert report.launched == LAUNCHES
    assert report.limited > 0
