"""What happens to a project whose model is in every stage: acts between `predict` and the end."""

from rehearsal.conductor.scenarios import lost_run, reject, rollback

SCENARIOS = {
    "lost-run": ("The machine of a run dies; the next look finds it", lost_run.perform),
    "reject": (
        "Reject the live version; each stage gets its last healthy one back",
        reject.perform,
    ),
    "rollback": ("A faulty version meets real requests, an alarm trips", rollback.perform),
}
