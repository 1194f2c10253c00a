"""One ground for all trials here: real servers, the template registered, the runner offline."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.laboratory.trials.ground import Ground, open_ground

ROOT = Path(__file__).resolve().parents[3]
LANES = 8
EXPIRING = "lane-08"
DAYS_LEFT = 5
BUDGET_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:costs"


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Lift GitHub's limit on writes, for which hundreds of launches would wait for hours."""
    soon = datetime.now(UTC) + timedelta(days=DAYS_LEFT, hours=1)
    with open_ground(
        ROOT,
        tmp_path_factory.mktemp("ground") / "state",
        lanes=LANES,
        content_limit="0,0",
        expires_at={EXPIRING: soon.isoformat()},
        settings=lambda _world: {"BUDGET_TOPIC_ARN": BUDGET_TOPIC},
    ) as made:
        yield made
