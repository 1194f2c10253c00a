"""Decisions as sentences: what is to be done, and why."""

from collections.abc import Callable, Mapping

from console.asking.events.decided import Order, Step, View
from console.words.gates import AUTOMATIC, ENVIRONMENT, REGISTRY
from console.words.people import called
from console.words.states import BAD, NOTHING, WAITING
from console.words.versions import at_the_beginning, version, with_numbers

_GATES = {
    AUTOMATIC: "{stage} opens by itself",
    ENVIRONMENT: "GitHub's reviewers of {stage} decide in the run",
}
NO_PERSON = "no person is known to have approved it; approve it once more"


def sentence_of(step: Step, view: View) -> tuple[str, str]:
    """Say what is to be done and why, and which of the five states that is."""
    tell = _BY_STEP.get(step.step)
    told = tell(step, view) if tell else None
    return told or (f"Decided: {step.step}.", NOTHING)


def run_of(order: Order) -> str:
    """A run by what it is to do."""
    if order.kind == "look":
        return f"the run that looks at {order.stage}"
    if not order.arn:
        return f"the run that empties {order.stage}"
    return f"the run that brings {version(order.arn)} to {order.stage}"


def _start(step: Step, view: View) -> tuple[str, str] | None:
    order = step.order
    if order is None:
        return None
    tell = _BY_KIND.get(order.kind, _other)
    return at_the_beginning(tell(order, view)), NOTHING


def _deploy(order: Order, view: View) -> str:
    known = view.versions.get(order.arn)
    approver = called(known.approved_by) if known and known.approved_by else "somebody"
    serves = view.serves(order.stage)
    reasons = [
        f"{approver} approved it",
        *_earlier(order, view),
        _gate(order, view),
        f"{order.stage} serves {version(serves)} until then",
    ]
    return f"{version(order.arn)} is to go to {order.stage}: {', '.join(filter(None, reasons))}."


def _earlier(order: Order, view: View) -> list[str]:
    names = [stage.name for stage in view.stages]
    passed = names[: names.index(order.stage)] if order.stage in names else []
    return [f"it was healthy in {' and '.join(passed)}"] if passed else []


def _gate(order: Order, view: View) -> str:
    approval = view.approval(order.stage)
    if approval == REGISTRY:
        known = view.versions.get(order.arn)
        opener = known.opened_by.get(order.stage, "") if known else ""
        return f"{called(opener) or 'somebody'} opened {order.stage} in the registry"
    return _GATES.get(approval, "").format(stage=order.stage)


def _restore(order: Order, _: View) -> str:
    return (
        f"{order.stage} is to go back to {version(order.arn)}: {version(order.instead_of)}, which "
        "it serves, is not approved any more."
    )


def _remove(order: Order, _: View) -> str:
    return (
        f"{order.stage} is to serve nothing: {version(order.instead_of)}, which it serves, is not "
        "approved any more, and no approved version was healthy there before."
    )


def _look(order: Order, _: View) -> str:
    return f"a run is to look at {order.stage}: what it serves is not known for sure."


def _other(order: Order, _: View) -> str:
    return f"{run_of(order)} is to be started ({order.kind})."


def _call_off(step: Step, _: View) -> tuple[str, str] | None:
    if step.under_way is None:
        return None
    run = run_of(step.under_way.order)
    told = f"{run} is to be called off, if it has not begun: something else is wanted by now."
    return at_the_beginning(told), NOTHING


def _resume(step: Step, _: View) -> tuple[str, str] | None:
    if step.under_way is None:
        return None
    run = run_of(step.under_way.order)
    return at_the_beginning(f"{run} was left behind while it was started; it is seen to."), NOTHING


def _ask_gate(step: Step, view: View) -> tuple[str, str]:
    known = view.versions.get(step.arn)
    approver = called(known.approved_by) if known and known.approved_by else ""
    other = f", who is not {approver}" if approver else ""
    told = f"{version(step.arn)} waits for somebody to open {step.stage} in the registry{other}."
    return at_the_beginning(told), WAITING


def _ask_again(step: Step, _: View) -> tuple[str, str]:
    return at_the_beginning(f"{version(step.arn)} is not deployed: {NO_PERSON}."), WAITING


def _attend(step: Step, _: View) -> tuple[str, str]:
    if not step.sentence:
        return f"{step.stage} is in order again.", NOTHING
    return f"{step.stage} needs somebody: {with_numbers(step.sentence)}", BAD


_BY_STEP: Mapping[str, Callable[[Step, View], tuple[str, str] | None]] = {
    "Start": _start,
    "CallOff": _call_off,
    "Resume": _resume,
    "AskGate": _ask_gate,
    "AskAgain": _ask_again,
    "Attend": _attend,
}
_BY_KIND: Mapping[str, Callable[[Order, View], str]] = {
    "deploy": _deploy,
    "restore": _restore,
    "remove": _remove,
    "look": _look,
}
