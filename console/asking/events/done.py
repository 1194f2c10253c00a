"""What the dispatch function did about an event, taken apart into sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from console.words.versions import at_the_beginning, with_numbers

EVENT, NOTICE = re.compile(r"event \S{1,200}: (?P<done>.*)", re.DOTALL), "notice: "
_TITLE = r"['\"](?P<title>[^\n]*)['\"]"


@dataclass(frozen=True)
class _Form:
    """One thing that the function may say that it did.

    Args:
        pattern: of it.
        sentence: for people; empty if it is nothing to them.
        told_by: what tells the same in the same invocation: a decision or a notice.
    """

    pattern: re.Pattern[str]
    sentence: str
    told_by: str = ""


def _form(pattern: str, sentence: str, told_by: str = "") -> _Form:
    return _Form(re.compile(pattern, re.DOTALL), sentence, told_by)


DECISION, NOTICED = "decision", "notice"
_FORMS: Sequence[_Form] = (
    _form(rf"started {_TITLE}", "The run “{title}” was started.", DECISION),
    _form(rf"overtaken: {_TITLE}", "The run “{title}” was left: its stage changed meanwhile."),
    _form(rf"waits for the end of {_TITLE}", "The run “{title}” is to end first."),
    _form(
        rf"waits for the end of {_TITLE}, which nobody ordered",
        "The run “{title}”, of which the ledger has no order, is to end first.",
    ),
    _form(
        rf"ended without a report: {_TITLE}",
        "The run “{title}” ended without a report; GitHub told how.",
    ),
    _form(rf"taken back: {_TITLE}", "The run “{title}” never began; it is decided anew."),
    _form(rf"called off: {_TITLE}", "The run “{title}” was called off before it began."),
    _form(
        r"asked for an approval of (?P<stage>\S+)",
        "People were asked to open {stage} in the registry.",
        DECISION,
    ),
    _form(r"needs attention: (?P<why>.*)", "Needs somebody: {why}", DECISION),
    _form(r"(?P<stage>[a-z][a-z0-9]*) is in order", "{stage} is in order again.", DECISION),
    _form(r"refused for (?P<stage>\S+): (?P<why>.*)", "Not deployed to {stage}: {why}."),
    _form(r"refused (?P<arn>arn:\S+): (?P<why>.*)", "{arn} is not deployed: {why}.", DECISION),
    _form(
        r"recorded: (?P<end>\S+) of (?P<arn>\S+) in (?P<stage>\S+)",
        "The run of {stage} reported “{end}” of {arn}.",
        NOTICED,
    ),
    _form(
        r"(?P<arn>arn:\S+) is not approved", "{arn} is not approved, so that it is not deployed."
    ),
    _form(r"known: .*", ""),
    _form(r"ignored: .*", ""),
    _form(r"\S+ is as it should be", ""),
    _form(r"reported .* on \S+", ""),
)


def sentences_of(done: str, told: frozenset[str] = frozenset()) -> Iterator[str]:
    """What was done, a sentence each, without what decisions and notices say better.

    Args:
        done: as the function's log has it, parts between `; `.
        told: which of DECISION and NOTICED there are of the same invocation.
    """
    for part in _parts(done):
        form = _form_of(part)
        if form is None:
            yield at_the_beginning(with_numbers(part))
        elif form.sentence and form.told_by not in told:
            found = form.pattern.fullmatch(part)
            values = found.groupdict() if found else {}
            yield at_the_beginning(with_numbers(form.sentence.format(**values)))


def _form_of(part: str) -> _Form | None:
    # A later form of the same beginning says more.
    fitting = [form for form in _FORMS if form.pattern.fullmatch(part)]
    return min(fitting, key=lambda form: len(_title(form, part)), default=None)


def _title(form: _Form, part: str) -> str:
    found = form.pattern.fullmatch(part)
    return found.groupdict().get("title", "") if found else ""


def _parts(done: str) -> Iterator[str]:
    """Split at `; ` where something that is known begins: reasons may have it within."""
    kept = ""
    for part in done.split("; "):
        if kept and _form_of(part) is not None:
            yield kept
            kept = part
        else:
            kept = f"{kept}; {part}" if kept else part
    if kept:
        yield kept
