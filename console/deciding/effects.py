"""What a decision starts, stage by stage, before it is made.

It follows the rules of the dispatch function (`docs/decisions/functions-one-decision.md`), which
decides when the time has come; a test holds the one against the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from console.asking.ledger import DEPLOYED, StageRecord
from console.deciding.situation import Situation, number_of
from console.words.gates import ENVIRONMENT, GATES, REGISTRY
from console.words.shown import sentence
from console.words.states import in_words
from mlops_sm_project_template.config.names import DEPLOY_WORKFLOW

DEPLOY, RESTORE, REMOVE, WAIT, NOTHING = "deploy", "restore", "remove", "wait", "nothing"
RETURN = "return"  # the one or the other of the way back
_WORKFLOWS = {
    DEPLOY: f"Deploy model ({DEPLOY_WORKFLOW})",
    RESTORE: f"Deploy model ({DEPLOY_WORKFLOW})",
    REMOVE: "Remove endpoint (destroy.yml)",
    RETURN: f"Deploy model ({DEPLOY_WORKFLOW}) or Remove endpoint (destroy.yml)",
}


@dataclass(frozen=True)
class Effect:
    """What becomes of one stage.

    Args:
        stage: which.
        serves: number of the version that it serves now; 0 if none.
        kind: of the run that starts, WAIT if none starts before something else has happened.
        text: all of it, in sentences.
        version: number of the version that it is to serve; 0 if none.
        is_now: whether its run starts at once.
    """

    stage: str
    serves: int
    kind: str
    text: str
    version: int = 0
    is_now: bool = False

    @property
    def workflow(self) -> str:
        """Which one runs; empty if none."""
        return _WORKFLOWS.get(self.kind, "")


def of_approval(seen: Situation) -> list[Effect]:
    """What an approval starts."""
    return list(_forward(seen, list(seen.gates)))


def of_opening(seen: Situation, stage: str) -> list[Effect]:
    """What opening the gate of a stage starts."""
    names = list(seen.gates)
    place = names.index(stage)
    text = "" if seen.is_told_by_registry else _why_not_opened(seen, names[:place], stage)
    if text:
        return [Effect(stage, number_of(seen.record(stage).serves), NOTHING, text)]
    return list(_forward(seen, names[place:], opened=stage))


def of_rejection(seen: Situation) -> list[Effect]:
    """What a rejection starts; nothing, if no stage serves the version or is about to."""
    names = dict.fromkeys([*seen.gates, *sorted(seen.records)])
    return [effect for name in names for effect in _back(seen, name)]


def _forward(seen: Situation, names: Sequence[str], opened: str = "") -> Iterator[Effect]:
    """The way of the version through stages, to the first that it does not pass."""
    after = ""
    for name in names:
        record = seen.record(name)
        hindrance = _hindrance(seen, record)
        if hindrance:
            serves = number_of(record.serves)
            yield Effect(name, serves, NOTHING, hindrance, serves)
            return
        if seen.is_this(record.serves):
            effect, passed = _served_already(seen, name, record)
            yield effect
            if not passed:
                return
            after = name if effect.kind == WAIT else after
            continue
        yield _entry(seen, name, after, is_open=name == opened)
        after = name


def _served_already(seen: Situation, name: str, record: StageRecord) -> tuple[Effect, bool]:
    """What becomes of a version where it is served, and whether it goes on from there."""
    known = record.of(seen.arn)
    passed = bool(known.healthy) and known.outcome == DEPLOYED
    if record.under_way is not None:
        text = (
            "It is served here. The run that is under way here is called off if it has not begun; "
            "if that takes it away, it is deployed here again."
        )
        return Effect(name, seen.number, WAIT, text, seen.number), True
    more = "" if passed else f", and goes no further, since its last run {_ended(known.outcome)}"
    return Effect(
        name, seen.number, NOTHING, f"It is served here already{more}.", seen.number
    ), passed


def _why_not_opened(seen: Situation, before: Sequence[str], stage: str) -> str:
    """Why an opened gate lets nothing in; empty if it does."""
    number = seen.decided.number
    known = seen.record(stage).of(seen.arn)
    if known.tried >= number:
        return f"It was tried here since it was approved, and that {_ended(known.outcome)}."
    for name in before:
        record = seen.record(name)
        known = record.of(seen.arn)
        is_settled = seen.is_this(record.serves) or known.tried >= number
        if not (known.healthy and known.outcome == DEPLOYED and is_settled):
            return f"It does not come here before it has passed its test in {name} again."
    return ""


def _hindrance(seen: Situation, record: StageRecord) -> str:
    """Why a version does not come to a stage; empty if it may."""
    under_way = record.under_way
    if under_way is not None and number_of(under_way.arn) > seen.number:
        number = number_of(under_way.arn)
        return f"Version {number}, which is newer, is on its way here and goes first."
    if number_of(record.serves) > seen.number:
        return "It is older than what is served, and does not come here by an approval."
    newest = max(map(number_of, record.versions), default=0)
    is_vain = record.is_unknown and record.is_looked_in_vain and not seen.is_this(record.serves)
    if is_vain and newest >= seen.number:
        return "It is not known what is served here; somebody must see to that first."
    return ""


def _entry(seen: Situation, name: str, after: str, *, is_open: bool) -> Effect:
    record, gate, version = seen.record(name), seen.gates[name], f"version {seen.number}"
    when = f"once it has passed its test in {after}, " if after else ""
    if gate == REGISTRY and not is_open:
        kind, does = WAIT, f"{version} waits until somebody else than its approver opens this stage"
    elif gate == ENVIRONMENT:
        kind, does = DEPLOY, f"a run for {version} waits for a reviewer of the environment {name}"
    else:
        kind, does = DEPLOY, f"{version} is deployed here{', without another gate' if when else ''}"
    text = f"{_before(record)}{sentence(when + does)}."
    if gate not in GATES:
        text += " What it needs to enter this stage is not known."
    is_now = kind == DEPLOY and not after and not _before(record)
    return Effect(name, number_of(record.serves), kind, text, seen.number, is_now)


def _back(seen: Situation, name: str) -> Iterator[Effect]:
    record = seen.record(name)
    serves, under_way = number_of(record.serves), record.under_way
    if not seen.is_this(record.serves):
        if under_way is not None and seen.is_this(under_way.arn):
            kept = f"stays with version {serves}" if serves else "goes on to serve nothing"
            text = (
                "The run that brings it here is called off if it has not begun, and the stage "
                f"{kept}; if it has begun, the way back follows its end."
            )
            yield Effect(name, serves, WAIT, text, serves)
        return
    if seen.are_gates_known and name not in seen.gates:
        text = (
            "config/stages.yml does not list this stage any more, so that it stays as it is; "
            "remove its endpoint with the workflow Remove endpoint."
        )
        yield Effect(name, serves, NOTHING, text, serves)
    elif record.way_back == f"{seen.arn} {seen.decided.number}".lower():
        text = "The way back from it was tried already; deploy another version by hand."
        yield Effect(name, serves, NOTHING, text, serves)
    elif under_way is not None and under_way.kind == DEPLOY and not seen.is_this(under_way.arn):
        number = number_of(under_way.arn)
        text = (
            f"Version {number} is on its way here and takes its place; should it fail, the way "
            "back follows."
        )
        yield Effect(name, serves, WAIT, text, number)
    else:
        yield _return(seen, name, record)


def _return(seen: Situation, name: str, record: StageRecord) -> Effect:
    others = [arn for arn in record.healthy() if not seen.is_this(arn)]
    target = number_of(next((arn for arn in others if arn in (seen.restorable or ())), ""))
    if target:
        kind, does = RESTORE, f"Version {target}, approved and healthy here last, is deployed again"
    elif seen.restorable is None and (others or seen.is_told_by_registry):
        kind = RETURN
        does = (
            "The approved version that was healthy here last is deployed again; if none is left, "
            "the endpoint is removed"
        )
    else:
        kind, does = REMOVE, "No other approved version was healthy here: the endpoint is removed"
    gate = seen.gates.get(name, "")
    review = (
        f", once a reviewer of the environment {name} lets the run in"
        if gate == ENVIRONMENT
        else ""
    )
    text = f"{_before(record)}{does}{review}."
    return Effect(name, number_of(record.serves), kind, text, target, not _before(record))


def _before(record: StageRecord) -> str:
    """What comes before anything else that is done in a stage."""
    if record.under_way is not None:
        return "The run that is under way here ends first, or is called off if it has not begun. "
    if record.is_unknown and not record.is_looked_in_vain:
        return "It is not known what is served here, so that a run looks first. "
    return ""


def _ended(outcome: str) -> str:
    return f"ended as {in_words(outcome)}" if outcome else "has no known end"
