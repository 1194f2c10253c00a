"""Which pictures a report has, in the order of a page."""

from __future__ import annotations

from ml_pipelines.card import bars, curves
from ml_pipelines.card.picture import Picture
from ml_pipelines.card.report import Card, Report


def pictures(report: Report) -> list[Picture]:
    """All pictures of a report; of one that was made before there were cards, none."""
    card = report.card
    if card is None:
        return []
    shown = [*_of_numbers(card), *_of_classes(report, card)]
    if card.importance and card.importance.columns:
        shown.append(bars.importance(card.importance))
    is_regression = report.task == "regression"
    return shown + [
        bars.grouped_errors(part, place + 1, is_regression=is_regression)
        for place, part in enumerate(card.errors)
    ]


def _of_numbers(card: Card) -> list[Picture]:
    shown = []
    if card.predicted_against_known:
        shown.append(curves.predicted_against_known(card.predicted_against_known))
    if card.residuals:
        shown.append(curves.residuals(card.residuals))
    return shown


def _of_classes(report: Report, card: Card) -> list[Picture]:
    area = report.metrics.get("auc")
    shown = []
    if card.roc:
        shown.append(curves.roc(card.roc, area.value if area else None))
    if card.precision_recall:
        shown.append(curves.precision_recall(card.precision_recall))
    if card.confusion:
        shown.append(bars.confusion(card.confusion))
    if card.classes:
        shown.append(bars.class_scores(card.classes))
    if card.calibration:
        shown.append(curves.calibration(card.calibration, _judged_class(report, card)))
    if card.thresholds:
        shown.append(curves.thresholds(card.thresholds))
    return shown


def _judged_class(report: Report, card: Card) -> str:
    """Whose probability is compared with what happened."""
    if report.task == "binary" and card.confusion:
        return f"“{card.confusion.classes[-1]}”"
    return "the most probable class"
