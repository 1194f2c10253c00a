"""The plays of three stages tell the counts; the bench takes them as they are."""

import json
from pathlib import Path

from rehearsal.laboratory.benchmarks.stages import measure_stages

from .test_lifecycle import write_rehearsal


def test_both_ways_back_are_played(tmp_path: Path) -> None:
    facts = {
        "rollback": {"rollback": "of the rollback", "seconds_to_last_stage": 50.0},
        "reject": {
            "canary": "of the canary",
            "restoration": "of the restoration",
            "seconds_to_last_stage": 60.0,
        },
    }
    write_rehearsal(
        tmp_path,
        f"import json, sys; print(json.dumps({{'facts': {json.dumps(facts)}[sys.argv[3]]}}))",
    )
    told: list[str] = []
    found = measure_stages(tmp_path, told.append)
    assert found["changes"] == {
        "canary": "of the canary",
        "restoration": "of the restoration",
        "rollback": "of the rollback",
    }
    assert found["seconds_to_last_stage"] == [50.0, 60.0]
    assert [scenario in line for scenario, line in zip(facts, told, strict=True)] == [True, True]
