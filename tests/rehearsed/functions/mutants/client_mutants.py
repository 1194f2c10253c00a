"""What the clients of GitHub and of git do about faults.

Where one line handles several kinds, a mutant takes it away from those that can be told apart.
"""

from tests.rehearsed.functions.mutants.mutant import (
    Mutant,
    client,
    dispatch,
    dispatched,
    project,
    pushed,
    row,
    tried,
)

_BACKOFF = "github_client/backoff.py"
_PERSISTENCE = "github_client/persistence.py"
_REMOTE = "git_client/remote.py"

_TRANSIENT = "frozenset({500, 502, 503, 504})"
_LIMITED = "if status not in (403, 429):"
_FAILED = "            why = type(error).__name__\n"
_MAYBE_APPLIED = "maybe_applied=not was_never_sent(error)"

_SENT_ONCE = tried("test_a_lost_answer_is_not_repeated_where_that_would_do_it_twice")
_WAITED_OUT = tried("test_a_rate_limit_is_waited_out")


def _passed_on(said: str) -> str:
    """Return code that passes a failure on as it came, if its text says so."""
    return f'            if "{said}" in str(error):\n                raise\n{_FAILED}'


def _deleted(operation: str, disturbance: str) -> str:
    """Name the test of a deletion while AWS is disturbed."""
    test = "test_delete_fails_while_aws_is_disturbed_and_is_done_when_it_is_repeated"
    return project("removal", f"{test}[{disturbance}-{operation}-True]")


def _told(kind: str) -> str:
    """Name the test of an execution whose pipeline AWS does not tell at once."""
    test = "test_a_pipeline_that_aws_does_not_tell_now_is_asked_for_again"
    return dispatch("handler", f"{test}[{kind}]")


_ANSWERS = (
    Mutant(
        ("500",),
        "500 is final",
        _BACKOFF,
        _TRANSIENT,
        "frozenset({502, 503, 504})",
        (tried("test_a_passing_failure_is_tried_again"), pushed("500"), row("launch", "500")),
    ),
    Mutant(
        ("502",),
        "502 is final",
        _BACKOFF,
        _TRANSIENT,
        "frozenset({500, 503, 504})",
        (
            client("git", "test_a_look_at_the_references_is_tried_again"),
            pushed("502"),
            row("launch", "502"),
        ),
    ),
    Mutant(
        ("503",),
        "503 is final",
        _BACKOFF,
        _TRANSIENT,
        "frozenset({500, 502, 504})",
        (tried("test_waits_grow_and_end_in_a_clear_error"), row("launch", "503")),
    ),
    Mutant(
        ("502-after",),
        "a 5xx means that nothing was done",
        _PERSISTENCE,
        'f"it answered {answer.status}")',
        'f"it answered {answer.status}", maybe_applied=False)',
        (_SENT_ONCE, dispatched("502-after")),
    ),
    Mutant(
        ("429",),
        "429 is no rate limit",
        _BACKOFF,
        _LIMITED,
        "if status != 403:",
        (_WAITED_OUT, pushed("429"), row("launch", "429")),
    ),
    Mutant(
        ("403",),
        "403 is no rate limit",
        _BACKOFF,
        _LIMITED,
        "if status != 429:",
        (_WAITED_OUT, pushed("403"), row("launch", "403"), row("archive", "403")),
    ),
    Mutant(
        ("404",),
        "404 is final",
        "github_client/api.py",
        "NOT_READY = frozenset({404, 409})",
        "NOT_READY = frozenset({409})",
        (pushed("404"), row("archive", "404"), row("rename", "404")),
    ),
    Mutant(
        ("404",),
        "a look at the branches that finds nothing is final",
        _REMOTE,
        '/info/refs?service=git-receive-pack", not_ready=NOT_READY',
        '/info/refs?service=git-receive-pack"',
        (project("content", "test_create_waits_for_a_repository_that_is_not_ready[info/refs]"),),
    ),
    Mutant(
        ("404",),
        "a push that finds nothing is final",
        _REMOTE,
        "                not_ready=NOT_READY,\n",
        "",
        (pushed("404"),),
    ),
)
_CONNECTIONS = (
    Mutant(
        ("reset",),
        "a reset connection is an unexpected failure",
        _PERSISTENCE,
        _FAILED,
        _passed_on("reset by peer"),
        (pushed("reset"), row("launch", "reset")),
    ),
    Mutant(
        ("reset-after",),
        "a reset connection means that nothing was done",
        _PERSISTENCE,
        _MAYBE_APPLIED,
        'maybe_applied="Connection aborted" not in str(error)',
        (_SENT_ONCE, dispatched("reset-after")),
    ),
    Mutant(
        ("cut",),
        "an answer that breaks off is an unexpected failure",
        _PERSISTENCE,
        _FAILED,
        _passed_on("Connection broken"),
        (pushed("cut"), row("launch", "cut"), dispatched("cut")),
    ),
    Mutant(
        ("timeout", "lost"),
        "silence is an unexpected failure",
        _PERSISTENCE,
        _FAILED,
        _passed_on("Read timed out"),
        (row("launch", "timeout"), row("launch", "lost"), pushed("lost"), dispatched("lost")),
    ),
    Mutant(
        ("lost",),
        "silence means that nothing was done",
        _PERSISTENCE,
        _MAYBE_APPLIED,
        'maybe_applied="Read timed out" not in str(error)',
        (dispatched("lost"),),
    ),
    Mutant(
        ("502-after", "reset-after", "cut", "lost"),
        "a push that was done is a branch that moved",
        _REMOTE,
        "if not left:",
        "if False:",
        (pushed("502-after"), pushed("reset-after"), pushed("cut"), pushed("lost")),
    ),
)
_LASTING = (
    Mutant(
        ("502 on", "reset on"),
        "tries have no end",
        _PERSISTENCE,
        "if tries == MAX_ATTEMPTS or (outcome",
        "if (outcome",
        (tried("test_waits_grow_and_end_in_a_clear_error"),),
    ),
    Mutant(
        ("403 on",),
        "a wait may be longer than the time that is left",
        _PERSISTENCE,
        "while self.deadline.allows(wait.seconds + _SHORTEST_TRY_SECONDS):",
        "while True:",
        (tried("test_a_rate_limit_beyond_the_deadline_is_not_waited_for"),),
    ),
    Mutant(
        ("401 on",),
        "401 is a refusal like any other",
        "github_client/refusals.py",
        "    if answer.status == 401:\n        return InvalidTokenError()\n",
        "",
        (
            client("api", "test_a_401_names_the_token"),
            client("git", "test_a_401_names_the_token"),
            project("removal", "test_delete_answers_when_the_token_has_expired"),
        ),
    ),
)
_AWS = (
    Mutant(
        ("AWS throttled", "AWS failing"),
        "a secret that cannot be read now is a deleted one",
        "github_client/credentials.py",
        "if _is_gone(error):",
        "if True:",
        (
            client(
                "credentials",
                "test_a_refusal_is_told_from_a_deleted_secret[throttled-ThrottlingException]",
            ),
        ),
    ),
    Mutant(
        ("AWS throttled",),
        "what AWS is too busy for is refused for good",
        "invocation/aws_errors.py",
        " or error_code(error) in _BUSY",
        "",
        (
            _deleted("get_secret_value", "throttled"),
            _deleted("describe_stacks", "throttled by CloudFormation"),
            _told("throttled"),
        ),
    ),
    Mutant(
        ("AWS failing",),
        "what AWS fails at is refused for good",
        "invocation/aws_errors.py",
        "status >= 500 or ",
        "",
        (
            _deleted("get_secret_value", "failing"),
            _deleted("describe_stacks", "down"),
            _told("failing"),
        ),
    ),
    Mutant(
        ("AWS lost",),
        "silence of CloudFormation is the end of a launch that did not fail",
        "invocation/aws_errors.py",
        "        return True\n",
        "        return False\n",
        (_deleted("describe_stacks", "slow"), _deleted("describe_stacks", "away")),
    ),
    Mutant(
        ("AWS lost",),
        "silence of Secrets Manager is an unexpected failure",
        "github_client/credentials.py",
        "    except BotoCoreError as error:\n"
        "        raise TokenSecretError(secret_arn, type(error).__name__, "
        "is_passing=True) from None\n",
        "",
        (
            client(
                "credentials", "test_a_refusal_is_told_from_a_deleted_secret[lost-ReadTimeoutError]"
            ),
        ),
    ),
)

CLIENT_MUTANTS = (*_ANSWERS, *_CONNECTIONS, *_LASTING, *_AWS)
