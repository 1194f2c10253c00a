"""What the dispatch function does about faults, beyond what its client does."""

from tests.rehearsed.functions.mutants.mutant import Mutant, dispatch, dispatched

_START = "deploy_dispatch/start_run.py"
_PROJECT = "deploy_dispatch/project.py"

_NO_PARAMETER = '== "ParameterNotFound":'

DISPATCH_MUTANTS = (
    Mutant(
        ("lost",),
        "a run whose answer is lost is not looked for",
        _START,
        "if not error.maybe_applied:",
        "if True:",
        (dispatched("lost"),),
    ),
    Mutant(
        ("kill", "AWS kill-after"),
        "nobody takes a claim over",
        _START,
        "if left > 0 and not ours:",
        "if True:",
        (
            dispatch("handler", "test_a_killed_attempts_request_is_over_before_the_next_begins"),
            dispatch("handler", "test_another_events_claim_is_left_to_it_for_a_while"),
            dispatched("kill"),
            dispatched("AWS kill-after"),
        ),
    ),
    Mutant(
        ("kill-after", "AWS kill"),
        "a claim is taken over without a look for its run",
        _START,
        "if self.see_run(held, visible_by):",
        "if False:",
        (
            dispatch("handler", "test_a_run_that_a_killed_attempt_started_is_recognized"),
            dispatched("kill-after"),
            dispatched("AWS kill"),
        ),
    ),
    Mutant(
        ("AWS lost",),
        "a claim whose answer is lost is another event's",
        _START,
        "ours = claim.order.title, claim.claimed_by == self.event_id",
        "ours = claim.order.title, False",
        (dispatched("AWS lost"),),
    ),
    Mutant(
        ("AWS throttled",),
        "a throttled look for the project finds none",
        _PROJECT,
        _NO_PARAMETER,
        'in ("ParameterNotFound", "ThrottlingException"):',
        (dispatched("AWS throttled"),),
    ),
    Mutant(
        ("AWS failing",),
        "a failed look for the project finds none",
        _PROJECT,
        _NO_PARAMETER,
        'in ("ParameterNotFound", "InternalServerError"):',
        (dispatched("AWS failing"),),
    ),
)
