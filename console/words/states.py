"""The few states that pictures and tables show in colours, from the many words of the services.

Services write one state in different words: an execution has Succeeded, a run is a success. Pages
write it in one.
"""

import re

# Of a version, and of one in a stage.
APPROVED, REJECTED, UNDECIDED = "Approved", "Rejected", "PendingManualApproval"
ASKED = "PendingApproval"
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
        "Executing Starting Stopping InProgress in_progress queued pending requested Creating "
        "Updating SystemUpdating RollingBack Deleting CreateInProgress UpdateInProgress "
        "DeleteInProgress ActivatingTraffic Baking"
    ),
    WAITING: "PendingManualApproval waiting Waiting PendingApproval",
}
_STATE_OF = {word: state for state, words in _STATES.items() for word in words.split()}
_IN_WORDS = {
    "success": "succeeded",
    "Completed": "succeeded",
    "failure": "failed",
    "startup_failure": "failed to start",
    "action_required": "needs somebody",
    "Executing": "running",
    "InProgress": "running",
    "in_progress": "running",
    "SystemUpdating": "updated by AWS",
    "PendingManualApproval": "waits for approval",
    "PendingApproval": "waits for approval",
    "OK": "OK",
    "INSUFFICIENT_DATA": "too little data",
}
# As services write states: CamelCase, capitals, or small letters with `_` between.
_STATE = re.compile(r"([A-Z][a-z]+)+|[A-Z]+|[a-z]+(_[a-z]+)*")
_WORD = re.compile(r"[A-Z][a-z]+|[A-Z]+|[a-z]+")


def state_of(word: str) -> str:
    """One of the five states, for a word of SageMaker, Service Catalog or GitHub."""
    return _STATE_OF.get(word, NOTHING)


def in_words(word: str) -> str:
    """A state as people read it; any other text stays."""
    if word in _IN_WORDS or not _STATE.fullmatch(word):
        return _IN_WORDS.get(word, word)
    return " ".join(_WORD.findall(word)).lower()
