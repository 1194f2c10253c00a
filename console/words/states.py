"""The few states that pictures and tables show in colours, from the many words of the services."""

GOOD, BAD, RUNNING, WAITING, NOTHING = "good", "bad", "running", "waiting", "nothing"
_STATES = {
    GOOD: (
        "Succeeded InService success Approved Completed CreateCompleted UpdateCompleted deployed OK"
    ),
    BAD: (
        "Failed failure Rejected OutOfService UpdateRollbackFailed CreateFailed UpdateFailed "
        "DeleteFailed startup_failure timed_out Stopped cancelled action_required ALARM"
    ),
    RUNNING: (
        "Executing Starting Stopping in_progress queued Creating Updating SystemUpdating "
        "RollingBack Deleting CreateInProgress UpdateInProgress DeleteInProgress pending requested "
        "ActivatingTraffic Baking"
    ),
    WAITING: "PendingManualApproval waiting Waiting PendingApproval",
}
_STATE_OF = {word: state for state, words in _STATES.items() for word in words.split()}
_IN_WORDS = {
    "PendingManualApproval": "waits for approval",
    "NotRun": "not run",
    "in_progress": "running",
    "startup_failure": "failed to start",
    "timed_out": "timed out",
    "action_required": "needs somebody",
    "ActivatingTraffic": "activating traffic",
    "Baking": "baking",
    "INSUFFICIENT_DATA": "too little data",
}


def state_of(word: str) -> str:
    """One of the five states, for a word of SageMaker, Service Catalog or GitHub."""
    return _STATE_OF.get(word, NOTHING)


def in_words(word: str) -> str:
    """The word as people read it."""
    return _IN_WORDS.get(word, word)
