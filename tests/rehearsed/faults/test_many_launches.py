"""Many launches at once, by one user, within GitHub's limits on writes.

Once the limit is small and its minute short, once it is GitHub's own.
"""

from pathlib import Path

import pytest

from rehearsal.laboratory.trials.ground import open_ground
from rehearsal.laboratory.trials.storm import StormReport, launch_at_once

pytestmark = pytest.mark.proof("storms")
ROOT = Path(__file__).resolve().parents[3]
# Six writes each: three times, nearly four times what the limit lets in at once.
FEW, TWELVE_IN_TEN_SECONDS = 6, "12,0,10"
MANY = 50


def test_a_few_end_launched_though_a_small_github_asks_some_to_wait(tmp_path: Path) -> None:
    _check(_storm(tmp_path, FEW, TWELVE_IN_TEN_SECONDS, seconds=120), FEW)


@pytest.mark.timeout(900)
def test_all_end_launched_though_github_asks_some_to_wait(tmp_path: Path) -> None:
    _check(_storm(tmp_path, MANY, None, seconds=600), MANY)


def _storm(tmp_path: Path, launches: int, limit: str | None, *, seconds: float) -> StormReport:
    state = tmp_path / "state"
    # Nothing is lost here, and a crowd of processes may be slow: the time-out is that of users.
    with open_ground(
        ROOT, state, lanes=1, content_limit=limit, read_timeout_seconds=None
    ) as ground:
        return launch_at_once(ground, launches, seconds=seconds)


def _check(report: StormReport, launches: int) -> None:
    assert report.failures == []
    assert report.launched == launches
    assert report.limited > 0
