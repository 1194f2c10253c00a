"""A run that dies while it deploys: nobody reports it, the next look by the clock finds it.

The machine of the run is lost while the stage changes. CloudFormation goes on without it, so that
the stage may serve a version that nobody tested; that is what has to be found out and told.
"""

from datetime import UTC, datetime
from typing import Any

from github.WorkflowRun import WorkflowRun

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import approve, promote
from rehearsal.conductor.acts.current_play import FIRST_STAGE, PROJECT_NAME, Play
from rehearsal.conductor.acts.deployments import Title, find_run, repository, wait_for_end
from rehearsal.conductor.acts.reviewers import decide
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.meanwhile import repeated_meanwhile
from rehearsal.conductor.scenarios.changed_model import build_changed_model
from rehearsal.conductor.scenarios.clock_looks import look_now
from rehearsal.conductor.scenarios.lost_runner import lose_runner
from rehearsal.conductor.scenarios.stage_knowledge import in_ledger, on_display
from rehearsal.conductor.waiting.patience import RECORD_STILL_SECONDS, RUN_STILL_SECONDS
from rehearsal.conductor.waiting.watches import watch_runs

_FILE = "pipeline.toml"
_CHANGES = ("max_depth = 5", "max_depth = 4", "max_depth = 3")
_LOOK = Title(f"Look at {FIRST_STAGE}")
# A report may be two minutes late before its absence counts.
_FOUND_SECONDS = 400
_BETWEEN_LOOKS_SECONDS = 10.0


def perform(play: Play) -> None:
    """Lose the run of a second version, have it found, and bring a third one everywhere."""
    first, second = str(play.facts["model_package_arn"]), _build(play, 0, "Try smaller trees")
    lost = _lose_run(play, second)
    third = _build(play, 1, "Try the smallest trees")
    after = _see_found(play, lost)
    play.facts["lost_run"] = {"found_after_seconds": after, **_see_told(play, first, second)}
    approve.perform(play)
    for name in play.options.stages[1:]:
        promote.bring(play, third, name)
    _see_settled(play, second, third)


def _build(play: Play, place: int, message: str) -> str:
    old, new = _CHANGES[place : place + 2]
    return build_changed_model(play, _FILE, old, new, message)


def _lose_run(play: Play, arn: str) -> WorkflowRun:
    """Approve a version, and lose the machine of its run as soon as the stage changes."""
    title = Title.of_deployment(arn, FIRST_STAGE)
    decide(play, arn, "Approved", "Approved in the rehearsal")
    play.say(f"approved {arn}")
    client = play.user_of(FIRST_STAGE).client("cloudformation")
    stack = names.endpoint_stack(play.facts["project_id"], FIRST_STAGE)

    def changes() -> bool | None:
        status: str = client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        return True if status == "UPDATE_IN_PROGRESS" else None

    runs = watch_runs(lambda: repository(play))
    play.wait(
        f"A change of {FIRST_STAGE}",
        changes,
        seconds=RUN_STILL_SECONDS,
        watch=runs,
        longest_pause_seconds=0.1,
    )
    lose_runner(play.world.github_server)
    run = wait_for_end(play, title, conclusion="failure")
    play.say(f"while {FIRST_STAGE} changed, the machine of {run.html_url} was lost; it told nobody")
    if f"{FIRST_STAGE}-last" in on_display(play, arn):
        raise RehearsalError(f"The lost run reported how it ended: {on_display(play, arn)}.")
    return run


def _see_found(play: Play, lost: WorkflowRun) -> float:
    """Look by the clock until a run looks what the stage serves; return after how many seconds."""
    client = play.world.administrator.client
    with repeated_meanwhile(
        lambda: look_now(client, datetime.now(UTC)), pause_seconds=_BETWEEN_LOOKS_SECONDS
    ):
        play.wait(f"The run {_LOOK.text!r}", lambda: find_run(play, _LOOK), seconds=_FOUND_SECONDS)
    found = wait_for_end(play, _LOOK)
    after = (found.created_at - lost.updated_at).total_seconds()
    play.say(f"{after:.0f} s after its end a look by the clock started {found.html_url}")
    return after


def _see_told(play: Play, first: str, second: str) -> dict[str, Any]:
    """See what the ledger says, and what people were told; return both.

    Raises:
        RehearsalError: the stage is still unknown, or nobody was told of it.
    """

    def told() -> str | None:
        return on_display(play, second).get(f"{FIRST_STAGE}-attention")

    sentence = play.wait(
        f"A word about {FIRST_STAGE} in the registry", told, seconds=RECORD_STILL_SECONDS
    )
    record = in_ledger(play, second, FIRST_STAGE)
    if record["is_unknown"] or record["serves"] not in (first, second):
        raise RehearsalError(f"The ledger does not know what {FIRST_STAGE} serves: {record}.")
    play.say(f"the ledger knows again what {FIRST_STAGE} serves: {record['serves']}")
    play.say(f"the registry says: {sentence}")
    comments = _comments(play, second)
    for comment in comments:
        play.say(f"people read at the commit: {comment}")
    if not any(record["attention"] in comment for comment in comments):
        raise RehearsalError(f"Nobody was told at the commit of {second}: {comments}.")
    return {"serves": record["serves"], "told": comments}


def _comments(play: Play, arn: str) -> list[str]:
    """The comments on the commit that a version was made from, the oldest first."""
    repository = play.github(DATA_SCIENTIST).get_repo(
        f"{DATA_SCIENTIST}/{names.build_repository(PROJECT_NAME)}"
    )
    commit = repository.get_commit(on_display(play, arn)["commit"])
    return [comment.body for comment in commit.get_comments()]


def _see_settled(play: Play, second: str, third: str) -> None:
    """See that nothing asks for attention any more.

    Raises:
        RehearsalError: something does.
    """

    def settled() -> bool | None:
        record = in_ledger(play, third, FIRST_STAGE)
        key = f"{FIRST_STAGE}-attention"
        shown = [arn for arn in (second, third) if key in on_display(play, arn)]
        return True if not record["attention"] and not shown else None

    play.wait(f"That {FIRST_STAGE} needs no attention", settled, seconds=RECORD_STILL_SECONDS)
    play.say("nothing needs attention any more; a further approval went everywhere as usual")
