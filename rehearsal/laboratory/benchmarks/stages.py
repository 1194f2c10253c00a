"""Plays the way to the last stage and the ways back from it, while a client asks throughout."""

from pathlib import Path
from typing import Any

from rehearsal.conductor.world import SECONDS_PER_MINUTE
from rehearsal.laboratory.benchmarks.lifecycle import play_lifecycle
from rehearsal.laboratory.benchmarks.results import Tell

DROPPED_AIM = 0


def measure_stages(root: Path, tell: Tell) -> dict[str, Any]:
    """Count the requests to the last stage during each kind of change.

    Returns:
        for each change what its scenario counted; the seconds from the approval of the first
        version until the last stage served it, in both plays; and how long a minute of baking is.

    Raises:
        RehearsalError: a play failed.
    """
    rollback, reject = (_facts(root, tell, scenario) for scenario in ("rollback", "reject"))
    return {
        "changes": {
            "canary": reject["canary"],
            "restoration": reject["restoration"],
            "rollback": rollback["rollback"],
        },
        "aim_dropped": DROPPED_AIM,
        "seconds_per_minute": SECONDS_PER_MINUTE,
        "seconds_to_last_stage": [play["seconds_to_last_stage"] for play in (rollback, reject)],
    }


def _facts(root: Path, tell: Tell, scenario: str) -> dict[str, Any]:
    tell(f"Playing three stages and the scenario {scenario}; this takes three to five minutes")
    play = play_lifecycle(root, lambda _what: None, "--scenario", scenario)
    facts: dict[str, Any] = play.report["facts"]
    return facts
