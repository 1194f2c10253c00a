"""What happens to a project whose model is in every stage: acts between `predict` and the end."""

from rehearsal.conductor.scenarios import reject, rollback

SCENARIOS = {
    "reject": ("Reject the live version; every stage gets its last healthy one back", reject.play),
    "rollback": ("A faulty version meets real requests, an alarm trips", rollback.play),
}
