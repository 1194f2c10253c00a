"""Asking the endpoint of a stage: the form on a page of its own, and the answer above it."""

import math
from collections.abc import Mapping, Sequence

from records import write_records

from console.asking.gaps import PageGaps
from console.asking.invocation import Prediction, Told, invoke
from console.asking.names import ProjectNames
from console.asking.record_form import RecordForm, body_of
from console.asking.serving_form import find_form, form_question
from console.errors import NoPageError, RecordRefusedError
from console.pages.ask_form import shown_form
from console.pages.stage import example_of, stage_of
from console.pages.ways import Way, below_project
from console.serving.page import Page, Panel, Values, Visit
from console.words.shown import segment

_MOST_PREDICTIONS = 20
# Of the form without the endpoint's panel: whoever sends it learns whether there is one.
_ALONE: Values = {"is_there": True, "another": ""}


def ask_page(visit: Visit) -> Page:
    """The form alone, for whoever comes back to its address."""
    project, stage = stage_of(visit)
    example = example_of(visit.query)

    def arrange(answers: Values) -> Values:
        form = answers["form"]
        line = form.example(example) if form else ""
        return shown_form(visit.account, project, stage, form, line)

    question = form_question(visit.account, project, stage)
    panel = Panel("ask", "Record", [question], arrange, _ALONE)
    return Page(f"Ask {stage}", _way(project, stage), [panel])


def ask_endpoint(visit: Visit, given: Mapping[str, str]) -> Page:
    """Send what was filled in, and show the answer above the form with the same values.

    Raises:
        NoPageError: there is no such stage.
    """
    project, stage = stage_of(visit)
    gaps = PageGaps()
    form = find_form(visit.account, project, stage, gaps)
    if gaps.absent:
        raise NoPageError(gaps.absent)
    told, refusal = None, ""
    try:
        line = body_of(form, given)
        told = invoke(visit.account, project.endpoint(stage), line, gaps)
    except RecordRefusedError as error:
        line, refusal = _typed(given), str(error)
    if gaps.has_expired:
        visit.account.renew()

    def answer(_: Values) -> Values:
        return {"lines": gaps.lines, **_answered(form, line, told, refusal)}

    def again(_: Values) -> Values:
        return shown_form(visit.account, project, stage, form, line)

    panels = [Panel("answer", "Answer", [], answer), Panel("ask", "Record", [], again, _ALONE)]
    return Page(f"Ask {stage}", _way(project, stage), panels, is_live=False)


def _way(project: ProjectNames, stage: str) -> Way:
    address = f"{project.page}/stages/{segment(stage)}"
    return [*below_project(project), (f"Stage {stage}", address)]


def _typed(given: Mapping[str, str]) -> str:
    """What was typed into a form that is not sent, to be shown again."""
    if "record" in given:
        return given["record"]
    names = [f"field-{position}" for position in range(len(given))]
    values = [given[name] for name in names if name in given]
    return write_records([values]).removesuffix("\r\n") if values else ""


def _answered(form: RecordForm, line: str, told: Told | None, refusal: str) -> Values:
    predictions: Sequence[Prediction] = told.predictions if told else ()
    expected = form.was_predicted(line)
    return {
        "told": told,
        "refusal": refusal,
        "label": form.label,
        "version": form.version,
        "predictions": [
            (one.predicted_label, _scores(one, form.classes))
            for one in predictions[:_MOST_PREDICTIONS]
        ],
        "left_out": max(0, len(predictions) - _MOST_PREDICTIONS),
        "expected": ", ".join(f"{value:.6g}" for value in expected),
        "differs": _differs(expected, predictions),
    }


def _differs(expected: Sequence[float], predictions: Sequence[Prediction]) -> bool:
    """Whether another version must have answered; a prediction has six digits."""
    found = [score for one in predictions for score in one.scores]
    return len(found) == len(expected) and any(
        not math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-6)
        for one, other in zip(found, expected, strict=True)
    )


def _scores(prediction: Prediction, classes: Sequence[str]) -> Sequence[tuple[str, float]]:
    """Each score with what it is of; of two classes, the endpoint tells that of the second."""
    scores = prediction.scores
    if len(scores) == len(classes):
        return list(zip(classes, scores, strict=True))
    if len(scores) == 1:
        return [(classes[1] if len(classes) == 2 else "", scores[0])]
    return [(f"class {position}", score) for position, score in enumerate(scores, start=1)]
